using Fast.Tokenizer.Interop.Hub;

namespace Fast.Tokenizer.Tests.Interop.Hub;

/// <summary>Which variable wins is compared with <c>huggingface_hub/constants.py</c>: both must find the same cache.</summary>
public sealed class HubSettingsTests
{
    [Theory]
    [InlineData("", "/home/me/.cache/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x HF_HOME=/h", "/h/hub")]
    [InlineData("HF_HOME=~/h", "/home/me/h/hub")]
    [InlineData("HF_HOME=/h HUGGINGFACE_HUB_CACHE=/old", "/old")]
    [InlineData("HF_HOME=/h HUGGINGFACE_HUB_CACHE=/old HF_HUB_CACHE=/c", "/c")]
    [InlineData("HF_HUB_CACHE=~", "/home/me")]
    [InlineData("HF_HUB_CACHE=", "/home/me/.cache/huggingface/hub")]
    public void The_cache_is_where_Python_has_it(string variables, string expected) =>
        Assert.Equal(Path.GetFullPath(expected), Resolve(variables).CacheDirectory);

    [Theory]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("HF_HUB_OFFLINE=Yes", true)]
    [InlineData("HF_HUB_OFFLINE=on", true)]
    [InlineData("TRANSFORMERS_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    [InlineData("HF_HUB_OFFLINE=no", false)]
    [InlineData("", false)]
    public void Offline_is_what_Python_takes_for_it(string variables, bool expected) => Assert.Equal(expected, Resolve(variables).Offline);

    [Fact]
    public void An_option_goes_before_the_environment()
    {
        var settings = new HubSettings(new HubOptions
        {
            Endpoint = new Uri("https://mine.example"),
            Token = "mine",
            Offline = false,
            CacheDirectory = "/mine",
            ReadVariable = Variables("HF_ENDPOINT=https://other.example HF_TOKEN=other HF_HUB_OFFLINE=1 HF_HUB_CACHE=/other"),
        });

        Assert.Equal((new Uri("https://mine.example"), "mine", false, Path.GetFullPath("/mine")),
            (settings.Endpoint, settings.Token, settings.Offline, settings.CacheDirectory));
    }

    [Fact]
    public void The_token_comes_from_the_environment_or_from_the_file_of_the_login()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("fast-tokenizer-hub-");
        try
        {
            string home = $"HF_HOME={folder.FullName}";
            Assert.Null(Resolve(home).Token);
            File.WriteAllText(Path.Combine(folder.FullName, "token"), "hf_file\n");
            File.WriteAllText(Path.Combine(folder.FullName, "other"), " hf_other\r\n");
            Assert.Equal("hf_file", Resolve(home).Token);
            Assert.Equal("hf_other", Resolve($"{home} HF_TOKEN_PATH={folder.FullName}/other").Token);
            Assert.Equal("hf_old", Resolve($"{home} HUGGING_FACE_HUB_TOKEN=hf_old").Token);
            Assert.Equal("hf_new", Resolve($"{home} HUGGING_FACE_HUB_TOKEN=hf_old HF_TOKEN=hf_new").Token);
            Assert.Null(Resolve($"{home} HF_TOKEN=hf_new HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
            Assert.Null(new HubSettings(new HubOptions { Token = "", ReadVariable = Variables(home) }).Token);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_token_with_a_line_break_inside_is_refused_and_not_printed()
    {
        ArgumentException problem = AssertRefuses("HF_TOKEN", new HubOptions { Token = "hf_a\r\nX: y", ReadVariable = _ => null });
        Assert.DoesNotContain("hf_a", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("huggingface.co")]
    [InlineData("ftp://huggingface.co")]
    [InlineData("https://me:word@huggingface.co")]
    [InlineData("https://huggingface.co/?x")]
    [InlineData("/local")]
    public void An_endpoint_that_is_not_a_plain_web_address_is_refused(string address) =>
        AssertRefuses("HF_ENDPOINT", new HubOptions { ReadVariable = Variables($"HF_ENDPOINT={address}") });

    [Fact]
    public void The_Hub_itself_is_the_default() => Assert.Equal(new Uri("https://huggingface.co"), Resolve("").Endpoint);

    [Fact]
    public void Limits_that_make_no_sense_are_refused()
    {
        AssertRefuses("timeout", new HubOptions { Timeout = TimeSpan.Zero });
        AssertRefuses("retries", new HubOptions { MaxRetries = -1 });
        AssertRefuses("delay", new HubOptions { RetryDelay = -TimeSpan.FromSeconds(1) });
    }

    private static ArgumentException AssertRefuses(string says, HubOptions options)
    {
        ArgumentException problem = Assert.Throws<ArgumentException>(() => new HubSettings(options));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        return problem;
    }

    private static HubSettings Resolve(string variables) => new(new HubOptions { ReadVariable = Variables(variables) });

    private static Func<string, string?> Variables(string text)
    {
        var values = $"HOME=/home/me USERPROFILE=/home/me {text}".Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => values.GetValueOrDefault(name);
    }
}
