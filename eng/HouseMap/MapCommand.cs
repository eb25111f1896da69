using HouseMap.Drawing;
using HouseMap.Floors;
using HouseMap.Model;
using HouseMap.Reading;

namespace HouseMap;

/// <summary>The command behind eng/map. Exit codes: 0 drawn, 1 the house could not be read, 2 the arguments were not understood.</summary>
internal static class MapCommand
{
    public static int Run(IEnumerable<string> arguments, Func<string> findRoot, TextWriter output, TextWriter errors)
    {
        var asked = MapArguments.Parse(arguments);
        if (asked.Mistake is not null)
        {
            errors.WriteLine($"eng/map: {asked.Mistake}. It takes:");
            errors.WriteLine(MapArguments.Usage);
            return 2;
        }

        if (asked.Help)
        {
            output.WriteLine(MapArguments.Usage);
            return 0;
        }

        try
        {
            Draw(asked, findRoot(), output);
            return 0;
        }
        catch (HouseException exception)
        {
            errors.WriteLine($"eng/map: {exception.Message}");
            return 1;
        }
    }

    private static void Draw(MapArguments asked, string root, TextWriter output)
    {
        var house = HouseReader.Read(root);
        var plan = FloorPlan.Load(root);
        if (asked.Write)
        {
            ArchitectureDocument.Replace(root, MermaidMap.Draw(house, plan));
            output.WriteLine($"{ArchitectureDocument.RelativePath} holds the present diagrams.");
        }
        else if (asked.Mermaid)
        {
            output.Write(MermaidMap.Draw(house, plan));
        }
        else
        {
            output.Write(TextMap.Draw(house, plan));
        }
    }
}
