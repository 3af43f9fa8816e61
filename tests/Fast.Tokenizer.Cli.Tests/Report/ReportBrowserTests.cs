using System.Text.Json;
using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace Fast.Tokenizer.Cli.Tests.Report;

/// <summary>The page in a real browser, as wide as a desk and as narrow as a phone, light and dark.</summary>
public sealed class ReportBrowserTests(InstalledBrowser browser, ReportPages pages)
{
    private const int Desk = 1280;
    private const int Phone = 390;

    private static readonly string[] _figures =
    [
        "error-map", "error-by-dimension", "error-by-step", "spectrum", "tokens-per-chunk", "rate-distortion", "coefficients-per-token",
        "vocabulary-use",
        "prefix-quality", "chunk-1-tokens", "chunk-1-growth",
    ];

    public static TheoryData<bool, int, int, string> Views()
    {
        var views = new TheoryData<bool, int, int, string>();
        foreach (bool isHostile in (bool[])[true, false])
        {
            foreach ((int width, int height) in ((int, int)[])[(Desk, 900), (Phone, 844)])
            {
                views.Add(isHostile, width, height, "light");
                views.Add(isHostile, width, height, "dark");
            }
        }

        return views;
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Loads_without_complaint_and_shows_every_figure(bool isHostile, int width, int height, string scheme)
    {
        await using IPage page = await browser.NewPageAsync();
        string path = isHostile ? await pages.HostilePathAsync() : await pages.RecordedPathAsync();
        Heard heard = Listen(page);
        await OpenAsync(page, path, width, height, scheme);

        // All that is folded is looked at too.
        await page.EvaluateExpressionAsync("document.querySelectorAll('details').forEach(one => one.open = true)");
        JsonElement figures = await EvaluateAsync(page, """
            [...document.querySelectorAll('figure')].map(figure => [...figure.querySelectorAll('svg')].map(svg => ({
              id: figure.id, width: svg.getBoundingClientRect().width, height: svg.getBoundingClientRect().height, role: svg.getAttribute('role'),
              label: svg.getAttribute('aria-label') ?? '', title: figure.querySelector('h3, h4').textContent, marks: svg.querySelectorAll('rect,path,polyline,circle').length,
              texts: svg.querySelectorAll('text').length, box: svg.closest('.scroll, figure').getBoundingClientRect().right }))).flat()
            """);
        string[] found = [.. figures.EnumerateArray().Select(figure => figure.GetProperty("id").GetString()!)];
        Assert.All(_figures, name => Assert.Contains(name, found));
        int chunks = found.Count(name => name.EndsWith("-growth", StringComparison.Ordinal));
        int dimensions = isHostile ? HostileRecording.Dimensions.Length : TrainedTokenizer.Dims;
        Assert.Equal(isHostile ? 4 : 3, chunks);

        // Curves and errors of each dimension of each chunk have no name of their own.
        Assert.Equal(2 * chunks * dimensions, found.Count(name => name.Length == 0));
        Assert.All(figures.EnumerateArray(), figure =>
        {
            Assert.InRange(figure.GetProperty("width").GetDouble(), 150, 1300);
            Assert.InRange(figure.GetProperty("height").GetDouble(), 60, 2000);
            Assert.InRange(figure.GetProperty("box").GetDouble(), 1, width);
            Assert.Equal("img", figure.GetProperty("role").GetString());
            Assert.True(figure.GetProperty("label").GetString()!.Length > 20, figure.ToString());
            Assert.NotEqual("", figure.GetProperty("title").GetString());
            Assert.NotEqual(0, figure.GetProperty("marks").GetInt32());
            Assert.True(figure.GetProperty("texts").GetInt32() >= 3, figure.ToString());
        });

        // The page itself never scrolls sideways.
        Assert.Equal(width, await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(width, await page.EvaluateExpressionAsync<int>("innerWidth"));
        Assert.Empty(heard.Complaints);
        Assert.Equal([new Uri(path).AbsoluteUri], heard.Requests);
    }

    [Fact]
    public async Task Names_stay_text()
    {
        await using IPage page = await browser.NewPageAsync();
        await OpenAsync(page, await pages.HostilePathAsync(), Desk, 900, "light");

        Assert.Equal("undefined", await page.EvaluateExpressionAsync<string>($"typeof window.{HostileRecording.Flag}"));
        Assert.Equal(HostileRecording.Dimensions[0], await page.GetTitleAsync());
        Assert.Equal(
            (2, 1, 0, 0),
            (
                await CountAsync("script"),
                await CountAsync("style"),
                await CountAsync("img"),
                await CountAsync("[onload], [onerror], [style]")));
        string[] titles = await page.EvaluateExpressionAsync<string[]>(
            "[...document.querySelectorAll('#chunk-1 h4')].map(one => one.textContent)");
        Assert.Equal(HostileRecording.Dimensions, titles);
        string summary = await page.EvaluateExpressionAsync<string>("document.querySelector('#chunk-1 h3').textContent");
        Assert.Equal($"{HostileRecording.Episodes[0]}, step 7", summary);
        JsonElement json = await EvaluateAsync(page, "JSON.parse(document.getElementById('figures').textContent)");
        Assert.Equal(
            HostileRecording.Dimensions, json.GetProperty("fidelity").GetProperty("per_dimension").EnumerateArray()
                .Select(row => row.GetProperty("name").GetString()));

        Task<int> CountAsync(string selector) => page.EvaluateExpressionAsync<int>($"document.querySelectorAll('{selector}').length");
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Follows_the_theme_of_the_system_until_it_is_told(string scheme)
    {
        await using IPage page = await browser.NewPageAsync();
        await OpenAsync(page, await pages.HostilePathAsync(), Desk, 900, scheme);
        string other = scheme == "dark" ? "light" : "dark";
        Assert.Equal((scheme == "dark", other), (await IsDarkAsync(page), await ButtonAsync()));

        // By keyboard alone: the button is the second stop after the link that skips to the figures.
        for (int i = 0; i < 3; i++) await page.Keyboard.PressAsync("Tab");
        Assert.Equal("theme", await page.EvaluateExpressionAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal((scheme != "dark", scheme), (await IsDarkAsync(page), await ButtonAsync()));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal((scheme == "dark", other), (await IsDarkAsync(page), await ButtonAsync()));

        async Task<string> ButtonAsync() => (await page.EvaluateExpressionAsync<string>("document.getElementById('theme').textContent"))
            .ToLowerInvariant();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Text_and_curves_stand_out_from_what_is_behind_them(string scheme)
    {
        await using IPage page = await browser.NewPageAsync();
        await OpenAsync(page, await pages.HostilePathAsync(), Desk, 900, scheme);

        // WCAG 2.2: 4.5 for text (1.4.3), 3 for what a drawing is made of (1.4.11).
        (string Selector, string Property, double Least)[] wanted =
        [
            ("h1", "color", 4.5), ("figcaption p", "color", 4.5), (".tile .label", "color", 4.5), (".caption", "color", 4.5),
            ("nav a", "color", 4.5),
            ("svg .tick", "fill", 4.5), ("svg .axis", "fill", 4.5), ("svg .curve.s1", "stroke", 3), ("svg .curve.s2", "stroke", 3),
            ("svg .gap", "stroke", 3),
            ("svg .bar", "fill", 3), ("svg .dot.s3", "fill", 3), ("svg .ring", "stroke", 3), ("svg .mark", "stroke", 3),
        ];
        foreach ((string selector, string property, double least) in wanted)
        {
            double contrast = Contrast(
                await ColorAsync(page, selector, property), await ColorAsync(page, "figure", "background-color"));
            Assert.True(contrast >= least, $"{selector} in {scheme}: contrast {contrast:F2} is below {least}");
        }
    }

    [Fact]
    public async Task All_figures_can_be_had_as_JSON()
    {
        await using IPage page = await browser.NewPageAsync();
        await OpenAsync(page, await pages.RecordedPathAsync(), Desk, 900, "light");
        string link = await page.EvaluateExpressionAsync<string>("document.getElementById('download').href");
        Assert.StartsWith("blob:", link, StringComparison.Ordinal);
        Assert.Equal("report.json", await page.EvaluateExpressionAsync<string>("document.getElementById('download').download"));

        // What the link leads to, which the page's own policy does not let it fetch.
        IResponse response = await page.GoToAsync(link);
        using JsonDocument json = JsonDocument.Parse(await response.TextAsync());
        Assert.Equal(3723 - (5 * 19), json.RootElement.GetProperty("fidelity").GetProperty("chunks").GetInt64());
    }

    [Theory]
    [InlineData("<script>window.hacked = 1</script>")]
    [InlineData("<script src=\"https://example.org/x.js\"></script>")]
    [InlineData("<img src=\"https://example.org/x.png\">")]
    [InlineData("<p style=\"color: red\">x</p>")]
    [InlineData("<iframe src=\"https://example.org/\"></iframe>")]
    public async Task What_is_not_of_the_page_is_blocked_and_would_be_heard(string intruder)
    {
        using var folder = new TemporaryFolder();
        string text = await File.ReadAllTextAsync(await pages.HostilePathAsync(), TestContext.Current.CancellationToken);
        string path = folder.Write("page.html", text.Replace("</main>", $"{intruder}</main>", StringComparison.Ordinal));
        await using IPage page = await browser.NewPageAsync();
        Heard heard = Listen(page);
        await OpenAsync(page, path, Desk, 900, "light");
        Assert.Contains(heard.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.Equal("undefined", await page.EvaluateExpressionAsync<string>($"typeof window.{HostileRecording.Flag}"));
    }

    private static async Task OpenAsync(IPage page, string path, int width, int height, string scheme)
    {
        await page.SetViewportAsync(new ViewPortOptions
        {
            Width = width, Height = height, IsMobile = width == Phone, HasTouch = width == Phone,
        });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.GoToAsync(new Uri(path).AbsoluteUri, WaitUntilNavigation.Networkidle0);
    }

    private static Heard Listen(IPage page)
    {
        var heard = new Heard([], []);
        page.Console += (_, e) => heard.Complaints.Add($"{e.Message.Type}: {e.Message.Text}");
        page.PageError += (_, e) => heard.Complaints.Add(e.Message);
        page.Error += (_, e) => heard.Complaints.Add(e.Error);
        page.Request += (_, e) => heard.Requests.Add(e.Request.Url);
        page.RequestFailed += (_, e) => heard.Complaints.Add($"{e.Request.Url}: {e.Request.FailureText}");
        return heard;
    }

    private static async Task<JsonElement> EvaluateAsync(IPage page, string expression)
    {
        string text = await page.EvaluateExpressionAsync<string>($"JSON.stringify({expression})");
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<bool> IsDarkAsync(IPage page) => Luminance(await ColorAsync(page, "body", "background-color")) < 0.1;

    private static async Task<double[]> ColorAsync(IPage page, string selector, string property) =>
        await page.EvaluateFunctionAsync<double[]>(
            "(selector, property) => getComputedStyle(document.querySelector(selector))[property].match(/[\\d.]+/g).slice(0, 3).map(Number)",
            selector,
            property);

    private static double Contrast(double[] one, double[] other)
    {
        double first = Luminance(one), second = Luminance(other);
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double Luminance(double[] color)
    {
        double[] linear = [.. color.Select(value => value / 255).Select(value =>
            value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private sealed record Heard(List<string> Complaints, List<string> Requests);
}
