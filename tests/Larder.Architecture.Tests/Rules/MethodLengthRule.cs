using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class MethodLengthRule : IRule
{
    public string Demand => $"A method has at most {Limits.MethodLines} lines, XML doc comments not counted";

    public string Remedy => "Name the steps and give each its own method; aim for 30 lines.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from function in Functions.In(file.Root)
        let lines = file.Lines.Within(function.Span)
        where lines > Limits.MethodLines
        select Offence.At(file, function, $"{Functions.NameOf(function)} has {lines} lines");
}
