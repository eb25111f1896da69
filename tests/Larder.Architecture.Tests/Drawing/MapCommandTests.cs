using HouseMap;
using HouseMap.Drawing;
using HouseMap.Floors;
using Larder.Architecture.Tests.Proofs;

namespace Larder.Architecture.Tests.Drawing;

public sealed class MapCommandTests : IDisposable
{
    private const string Text = """
        Lower   1 line in 1 file

          floor  room     lines  files  uses
              ?  (root)       1      1

        Upper   5 lines in 3 files, uses Lower

          floor  room     lines  files  uses
              2  Hall         2      1  Cellar, Attic
              1  Cellar       1      1
              ?  Attic        2      1  Cellar

        """;

    private const string Mermaid = """
        **The projects**

        ```mermaid
        flowchart TD
            n_Lower["Lower"]
            n_Upper["Upper"]
            n_Upper --> n_Lower
        ```

        **The rooms of Upper**

        ```mermaid
        flowchart TD
            subgraph floor2["floor 2"]
                n_Hall["Hall"]
            end
            subgraph floor1["floor 1"]
                n_Cellar["Cellar"]
            end
            subgraph unlisted["on no floor"]
                n_Attic["Attic"]
            end
            n_Hall --> n_Attic
            n_Attic --> n_Cellar
        ```

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };

    public MapCommandTests()
    {
        _folder.Write("src/Lower/Lower.csproj", "<Project />");
        _folder.Write("src/Lower/Ground.cs", "public class Ground;\n");
        _folder.Write(
            "src/Upper/Upper.csproj",
            "<Project><ItemGroup><ProjectReference Include=\"../Lower/Lower.csproj\" /></ItemGroup></Project>");
        _folder.Write("src/Upper/Hall/Door.cs", "/// <summary>A door.</summary>\npublic class Door : Roof\n{ public Floor? Floor; }\n");
        _folder.Write("src/Upper/Cellar/Floor.cs", "public class Floor : Ground;\n");
        _folder.Write("src/Upper/Attic/Roof.cs", "public class Roof\n{ public Floor? Below; }\n");
        _folder.Write(FloorPlan.RelativePath, "project Upper\n2 Hall\n1 Cellar\n");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void Run_WithoutArguments_PrintsTheRoomsFromTheTopDown()
    {
        Assert.Equal(0, Run());
        Assert.Equal(Text, _output.ToString());
    }

    [Fact]
    public void Run_Mermaid_PrintsDiagramsWithoutSizesAndImpliedArrows()
    {
        Assert.Equal(0, Run("--mermaid"));
        Assert.Equal(Mermaid, _output.ToString());
    }

    [Fact]
    public void Run_UnresolvedName_IsReported()
    {
        _folder.Write("src/Lower/Ground.cs", "public class Ground\n{ public Unknown? Next; public Ground? Other; }\n");

        Assert.Equal(0, Run());
        Assert.Contains("1 name could not be resolved", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("'Unknown' at src/Lower/Ground.cs:2", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--mermade")]
    [InlineData("src")]
    [InlineData("--mermaid", "--verbose")]
    [InlineData("--write")]
    public void Run_ArgumentsNotUnderstood_ExplainsAndExitsWithTwo(params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));
        Assert.Contains(arguments[^1], _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains(MapArguments.Usage, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void Run_Help_PrintsTheUsage()
    {
        Assert.Equal(0, Run("--help"));
        Assert.Contains("--mermaid --write", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Write_ReplacesOnlyTheBlock()
    {
        const string Begin = ArchitectureDocument.BeginMarker;
        const string End = ArchitectureDocument.EndMarker;
        _folder.Write(ArchitectureDocument.RelativePath, $"# Title\n\n{Begin}\nold\n{End}\n\nThe rest.\n");

        Assert.Equal(0, Run("--mermaid", "--write"));

        Assert.Equal($"# Title\n\n{Begin}\n{Mermaid}{End}\n\nThe rest.\n", _folder.Read(ArchitectureDocument.RelativePath));
        Assert.Equal(Mermaid.Trim('\n'), ArchitectureDocument.Read(_folder.Path));
    }

    [Theory]
    [InlineData(null, "does not exist")]
    [InlineData("# Title\n", "needs the line")]
    [InlineData("<!-- map:end -->\n<!-- map:begin -->\n", "needs the line")]
    public void Run_WriteWithoutAPlaceToWrite_ExplainsAndExitsWithOne(string? document, string message)
    {
        if (document is not null)
        {
            _folder.Write(ArchitectureDocument.RelativePath, document);
        }

        Assert.Equal(1, Run("--mermaid", "--write"));
        Assert.Contains(message, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_MistakeInThePlan_ExitsWithOne()
    {
        _folder.Write(FloorPlan.RelativePath, "nonsense");

        Assert.Equal(1, Run());
        Assert.Contains("floors.txt:1", _errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] arguments) => MapCommand.Run(arguments, () => _folder.Path, _output, _errors);
}
