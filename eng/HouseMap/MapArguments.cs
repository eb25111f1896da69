namespace HouseMap;

/// <summary>What the command line asks for, or why it could not be understood.</summary>
internal sealed record MapArguments(bool Mermaid, bool Write, bool Help, string? Mistake)
{
    public const string Usage = """
        eng/map                      prints each project with its rooms, their lines and what they use
        eng/map --mermaid            prints the diagrams of docs/architecture.md
        eng/map --mermaid --write    replaces the diagrams in docs/architecture.md
        """;

    public static MapArguments Parse(IEnumerable<string> arguments)
    {
        var read = new MapArguments(Mermaid: false, Write: false, Help: false, Mistake: null);
        foreach (var argument in arguments)
        {
            switch (argument)
            {
                case "--mermaid":
                    read = read with { Mermaid = true };
                    break;
                case "--write":
                    read = read with { Write = true };
                    break;
                case "--help" or "-h":
                    read = read with { Help = true };
                    break;
                default:
                    return read with { Mistake = $"unknown argument '{argument}'" };
            }
        }

        return read.Write && !read.Mermaid
            ? read with { Mistake = "--write replaces the diagrams and therefore needs --mermaid" }
            : read;
    }
}
