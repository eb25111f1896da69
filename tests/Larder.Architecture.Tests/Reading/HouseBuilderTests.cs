using HouseMap;
using HouseMap.Reading;
using Larder.Architecture.Tests.Proofs;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Reading;

public sealed class HouseBuilderTests
{
    [Fact]
    public void Build_WithoutAnyAssembly_IsRefused()
    {
        var exception = Assert.Throws<HouseException>(
            () => HouseBuilder.Build([Source("internal sealed class Sample { public Sample? Next; }", [])]));

        Assert.Contains("without the assemblies of .NET", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WhenNothingResolves_IsRefused()
    {
        var exception = Assert.Throws<HouseException>(
            () => HouseBuilder.Build([Source("internal sealed class Sample { public Unknown? Next; }", PlatformAssemblies.Load())]));

        Assert.Contains("None of the 1 names", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ProjectWithoutSource_IsAnEmptyProject()
    {
        var house = HouseBuilder.Build([new ProjectSource { Name = "Larder", Folder = "src/Larder", Documents = [] }]);

        Assert.Empty(Assert.Single(house.Projects).Rooms);
    }

    [Fact]
    public void Build_ReferenceOfAReference_IsSeen()
    {
        var house = Synthetic.Projects(("Upper", ["Middle"]), ("Middle", ["Lower"]), ("Lower", []));

        var upper = house.Projects.Single(project => project.Name == "Upper");
        Assert.Contains("Lower", upper.Compilation.ReferencedAssemblyNames.Select(assembly => assembly.Name));
    }

    private static ProjectSource Source(string text, IReadOnlyList<MetadataReference> assemblies) => new()
    {
        Name = "Larder",
        Folder = "src/Larder",
        Documents = [new SourceDocument("src/Larder/Sample.cs", text)],
        Assemblies = assemblies,
    };
}
