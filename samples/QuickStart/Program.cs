Console.WriteLine("...");
