using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class FileLengthRule : IRule
{
    public string Demand => $"A file has at most {Limits.FileLines} lines, XML doc comments not counted";

    public string Remedy => "Split the file where its type has two subjects; a file holds one type.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        where file.Lines.Total > Limits.FileLines
        select new Offence(file.Path, 1, $"{file.Lines.Total} lines");
}
