using System.Globalization;

namespace Fast.Tokenizer.Datasets.LeRobot;

/// <summary>An episode as the data set lists it.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Index">Its number.</param>
/// <param name="Length">Its steps; null where they are not said.</param>
/// <param name="File">The file that holds it, below the data set's folder.</param>
/// <param name="From">Its first step among those of the whole data set; null where the file holds nothing else.</param>
/// <param name="Problem">What is wrong with what is listed; null where it is as it should be.</param>
internal sealed record EpisodeRecord(string Name, long Index, long? Length, string File, long? From, InvalidDataException? Problem)
{
    /// <summary>What an episode is called, as its file in version 2.</summary>
    public static string NameOf(long index) => string.Create(CultureInfo.InvariantCulture, $"episode_{index:D6}");

    /// <summary>A place of the list where no episode can be told.</summary>
    public static EpisodeRecord Unreadable(string name, InvalidDataException problem) => new(name, -1, null, "", null, problem);
}
