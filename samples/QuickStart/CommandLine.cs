namespace QuickStart;

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine
{
    internal const string Usage = """
        A tour of Larder on real input: the reference documentation that comes with the .NET SDK.

        dotnet run --project samples/QuickStart
            A tour in eight scenes. Each says what is to be seen, shows it, and says whether it held.

        dotnet run --project samples/QuickStart -- System.String
        dotnet run --project samples/QuickStart -- System.String.Join
            Shows the documentation of a type or of its members, and how long that took without and with the cache.

        --docs FOLDER   Read the XML files in this folder instead of the SDK's.
        --help          Show this text.

        Exit codes
            0   all well
            1   a scene did not hold, or there is no such name
            2   bad arguments
            3   no documentation found, or none that can be read
        """;

    /// <summary>The type or member to show; null for the tour.</summary>
    internal string? Name { get; private init; }

    /// <summary>Where the user says the XML files are; null to look for the SDK's.</summary>
    internal string? Folder { get; private init; }

    internal bool IsHelpWanted { get; private init; }

    /// <summary>What is wrong with the arguments; null when nothing is.</summary>
    internal string? Problem { get; private init; }

    internal static CommandLine Parse(string[] arguments)
    {
        var command = new CommandLine();
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--help" or "-h" or "-?":
                    return new CommandLine { IsHelpWanted = true };
                case "--docs" when i + 1 < arguments.Length:
                    command = command with { Folder = arguments[++i] };
                    break;
                case "--docs":
                    return Wrong("--docs needs a folder after it.");
                case "":
                    return Wrong("The name is empty; give one such as System.String.");
                case ['-', ..] option:
                    return Wrong($"There is no option {option}.");
                case var name when command.Name is not null:
                    return Wrong($"One name at a time, please: {command.Name} or {name}? Quote names that hold spaces.");
                case var name:
                    command = command with { Name = name };
                    break;
            }
        }

        return command;
    }

    private static CommandLine Wrong(string problem) => new() { Problem = problem };
}
