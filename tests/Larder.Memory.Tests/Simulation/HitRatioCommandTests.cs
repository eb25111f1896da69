using Larder.HitRatio;

namespace Larder.Memory.Tests.Simulation;

public sealed class HitRatioCommandTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public HitRatioCommandTests() => File.WriteAllText(_path, "1,10\n2,20\n1,10\n3,30\n1,10\n");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Run_Csv_PrintsARowForEachCapacity()
    {
        var (code, output, _) = Run("--trace", _path, "--format", "csv", "--capacity", "1,2");

        Assert.Equal(0, code);
        Assert.Contains("5 requests", output, StringComparison.Ordinal);
        Assert.Contains("40.00", output, StringComparison.Ordinal);
        Assert.Equal(4, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Run_WeightedJson_HasByteHitRatios()
    {
        var (code, output, _) = Run("--trace", _path, "--format", "csv", "--capacity", "40", "--weighted", "--json", "--threads", "2");

        Assert.Equal(0, code);
        var row = System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("rows")[0];
        Assert.Equal(40, row.GetProperty("capacity").GetInt64());
        Assert.Equal(25, row.GetProperty("optimumBytes").GetDouble());
        Assert.InRange(row.GetProperty("oursBytes").GetDouble(), 0, 25);
    }

    [Theory]
    [InlineData("--trace is missing", "--format", "csv", "--capacity", "1")]
    [InlineData("--capacity has '0'", "--trace", "x", "--format", "csv", "--capacity", "5,0")]
    [InlineData("--capacity has '70368744177664'; it takes whole numbers from 1 to 70368744177663", "--trace", "x", "--format", "csv", "--capacity", "70368744177664")]
    [InlineData("--threads has '1025'; it takes whole numbers from 1 to 1024", "--trace", "x", "--threads", "1025")]
    [InlineData("--format is 'xml'", "--trace", "x", "--format", "xml", "--capacity", "5")]
    [InlineData("--format needs a value", "--trace", "x", "--format")]
    [InlineData("Unknown argument '--fast'", "--fast")]
    public void Run_BadArguments_SaysWhichAndHowToUseIt(string message, params string[] words)
    {
        var (code, _, errors) = Run(words);

        Assert.Equal(2, code);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Contains(Arguments.Usage, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BadTrace_SaysWhereAndFails()
    {
        var (code, output, errors) = Run("--trace", _path, "--format", "lirs", "--capacity", "1");

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("line 1", errors, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] words)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = HitRatioCommand.Run(words, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
