using Fast.Tokenizer;
using Fast.Tokenizer.Training;

// Where tokenizers are made: trains one of each alphabet and saves them into the folder that the argument names.
var check = new Check();
string folder = args[0];
Episode[] episodes = [.. Enumerable.Range(0, 40).Select(i => new Episode($"episode {i}", Motion.Of(i), dimensions: 2))];
foreach (AlphabetKind alphabet in (AlphabetKind[])[AlphabetKind.Integer, AlphabetKind.ByteLevel])
{
    var options = new TrainingOptions { Horizon = 20, Alphabet = alphabet, HoldoutFraction = 0.2 };
    TrainingResult trained = await new ActionTokenizerTrainer(options).TrainAsync(new EpisodeList(episodes));
    string saved = Path.Combine(folder, alphabet.ToString());
    trained.Tokenizer.Save(saved);
    Check.Print(saved);
    check.That(FastActionTokenizer.Load(saved).VocabularySize == trained.Tokenizer.VocabularySize, $"{alphabet} loads again");
    check.That(trained.HeldOut!.ToJson().Contains("\"mean_tokens\":", StringComparison.Ordinal), "the report as JSON");
}

return check.Failed ? 1 : 0;
