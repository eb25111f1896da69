using HouseMap;
using HouseMap.Drawing;

namespace Larder.Architecture.Tests;

public sealed class ArchitectureDocumentTests
{
    [Fact]
    public void Diagrams_InTheDocument_AreTheOnesOfTheSource()
    {
        var drawn = MermaidMap.Draw(TheHouse.Source, TheHouse.Floors).Trim('\n');
        var written = Written();
        Assert.True(
            written == drawn,
            $"The diagrams in {ArchitectureDocument.RelativePath} are out of date; run eng/map --mermaid --write.\n\n"
            + $"They should be:\n{drawn}");
    }

    private static string Written()
    {
        try
        {
            return ArchitectureDocument.Read(TheHouse.Root);
        }
        catch (HouseException exception)
        {
            Assert.Fail(exception.Message);
            throw;
        }
    }
}
