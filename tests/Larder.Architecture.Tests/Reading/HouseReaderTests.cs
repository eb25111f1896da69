using HouseMap;
using HouseMap.Model;
using HouseMap.Reading;
using Larder.Architecture.Tests.Proofs;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Reading;

public sealed class HouseReaderTests : IDisposable
{
    private const string PlainProject = "<Project Sdk=\"Microsoft.NET.Sdk\" />";
    private readonly TemporaryFolder _folder = new();

    public HouseReaderTests() => _folder.Write(
        "Directory.Build.props",
        "<Project><PropertyGroup><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ThisRepository_FindsTheSourceOfLarder() =>
        Assert.NotEmpty(TheHouse.Source.Projects.Single(project => project.Name == "Larder").Files);

    [Fact]
    public void Read_Projects_HaveTheirReferencesAndRooms()
    {
        _folder.Write("src/Upper/Upper.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="..\Lower\Lower.csproj" />
                <ProjectReference Include="../../eng/Elsewhere/Elsewhere.csproj" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("src/Upper/Door.cs", "public class Door { public Ground? Below; public List<int> Steps = []; }");
        _folder.Write("src/Upper/Hall/Deep/Carpet.cs", "public class Carpet : Door;");
        _folder.Write("src/Upper/obj/Release/Generated.cs", "public class Generated;");
        _folder.Write("src/Lower/Lower.csproj", PlainProject);
        _folder.Write("src/Lower/Ground.cs", "public class Ground;");

        var house = HouseReader.Read(_folder.Path);

        Assert.Equal(["Lower", "Upper"], house.Projects.Select(project => project.Name).Order(StringComparer.Ordinal));
        var upper = house.Projects.Single(project => project.Name == "Upper");
        Assert.Equal(["Lower"], upper.References);
        Assert.Equal(["src/Upper/Door.cs", "src/Upper/Hall/Deep/Carpet.cs"], upper.Files.Select(file => file.Path));
        Assert.Equal([Room.RootName, "Hall"], upper.Rooms.Select(room => room.Name));
        Assert.Equal([Room.RootName], upper.RoomsUsedBy("Hall"));
        Assert.Empty(Unresolved(house));
    }

    [Fact]
    public void Read_InternalsOfAFriend_AreSeen()
    {
        _folder.Write("src/Upper/Upper.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="../Lower/Lower.csproj" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("src/Upper/Door.cs", "public class Door { public static int Depth => Ground.Depth; }");
        _folder.Write("src/Lower/Lower.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <InternalsVisibleTo Include="Upper" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("src/Lower/Ground.cs", "internal class Ground { internal static int Depth => 1; }");

        Assert.Empty(Unresolved(HouseReader.Read(_folder.Path)));
    }

    [Fact]
    public void Read_PartialMethodWhoseBodyIsGenerated_IsTolerated()
    {
        var house = ReadSample(
            "internal static partial class Log { public static partial int Write(int value); public static int Twice() => Write(2); }");

        Assert.Empty(Unresolved(house));
    }

    [Fact]
    public void Read_BrokenSource_IsStillRead()
    {
        var house = ReadSample("internal sealed class Sample { public int Run(string text) => text.Length + ");

        Assert.Contains(house.Files.Single().Names.Uses, use => use.Symbol.Name == "Length");
    }

    [Fact]
    public void Read_UsingItems_AreAddedToTheImplicitOnes()
    {
        _folder.Write("src/Sample/Sample.csproj", "<Project><ItemGroup><Using Include=\"System.Text\" /></ItemGroup></Project>");

        Assert.Empty(Unresolved(ReadSample("internal sealed class Sample { public StringBuilder? One; public List<int>? Two; }")));
    }

    [Fact]
    public void Read_ImplicitUsingsSwitchedOff_AreNotAdded()
    {
        _folder.Write(
            "src/Sample/Sample.csproj",
            "<Project><PropertyGroup><ImplicitUsings>disable</ImplicitUsings></PropertyGroup></Project>");

        var house = ReadSample("internal sealed class Sample { public List<int>? One; public System.Uri? Two; }");

        Assert.Equal(["List<int>"], Unresolved(house));
    }

    [Fact]
    public void Read_GeneratedUsings_StandForTheImplicitOnes()
    {
        _folder.Write("src/Sample/obj/Release/Sample.GlobalUsings.g.cs", "global using System.Text;");

        Assert.Empty(Unresolved(ReadSample("internal sealed class Sample { public StringBuilder? One; }")));
    }

    [Fact]
    public void Read_PackagesOfTheRestore_AreReferenced()
    {
        CopyCompilerTo("packages/code/1.0.0/lib/net10.0/Microsoft.CodeAnalysis.dll");
        _folder.Write("src/Sample/obj/project.assets.json", $$"""
            {
              "targets": {
                "net10.0": {
                  "Code/1.0.0": { "type": "package", "compile": { "lib/net10.0/Microsoft.CodeAnalysis.dll": {}, "lib/net10.0/_._": {} } },
                  "Other/1.0.0": { "type": "project" }
                }
              },
              "libraries": { "Code/1.0.0": { "path": "code/1.0.0" }, "Other/1.0.0": {} },
              "packageFolders": { "/nowhere": {}, "{{_folder.Path}}/packages": {} },
              "project": { "frameworks": { "net10.0": { "frameworkReferences": { "Microsoft.NETCore.App": {} } } } }
            }
            """);

        Assert.Empty(Unresolved(ReadSample("internal sealed class Sample { public Microsoft.CodeAnalysis.Compilation? One; }")));
    }

    [Fact]
    public void Read_WithoutARestore_TakesTheAssembliesBesideTheBuiltOne()
    {
        CopyCompilerTo("src/Sample/bin/Release/Microsoft.CodeAnalysis.dll");

        Assert.Empty(Unresolved(ReadSample("internal sealed class Sample { public Microsoft.CodeAnalysis.Compilation? One; }")));
    }

    [Fact]
    public void Read_WithoutThePackages_ReportsTheNamesAndReadsOn()
    {
        var house = ReadSample("internal sealed class Sample { public Microsoft.CodeAnalysis.Compilation? One; public string? Two; }");

        Assert.Contains("Compilation", Unresolved(house));
    }

    [Fact]
    public void Read_NoSource_IsRefused()
    {
        var missing = Assert.Throws<HouseException>(() => HouseReader.Read(_folder.Path));
        Assert.Contains("no folder", missing.Message, StringComparison.Ordinal);

        _folder.Write("src/readme.txt", "");
        var empty = Assert.Throws<HouseException>(() => HouseReader.Read(_folder.Path));
        Assert.Contains("no project", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MalformedProjectFile_IsNamed()
    {
        _folder.Write("src/Sample/Sample.csproj", "<Project>");

        var exception = Assert.Throws<HouseException>(() => HouseReader.Read(_folder.Path));

        Assert.Contains("Sample.csproj", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Unresolved(House house) =>
        house.Files.SelectMany(file => file.Names.Unresolved).Select(name => name.ToString());

    // Any assembly that is not part of the platform does as a package.
    private void CopyCompilerTo(string relative)
    {
        _folder.Write(relative, "");
        File.Copy(typeof(Compilation).Assembly.Location, Path.Combine(_folder.Path, relative), overwrite: true);
    }

    private House ReadSample(string source)
    {
        if (!File.Exists(Path.Combine(_folder.Path, "src/Sample/Sample.csproj")))
        {
            _folder.Write("src/Sample/Sample.csproj", PlainProject);
        }

        _folder.Write("src/Sample/Sample.cs", source);
        return HouseReader.Read(_folder.Path);
    }
}
