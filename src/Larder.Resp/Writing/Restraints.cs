using System.Collections.Frozen;
using System.Text;

namespace Larder.Resp.Writing;

/// <summary>Which commands callers may not send, or not alone, and what to do instead.</summary>
internal static class Restraints
{
    private const string OwnConnection = "it needs a connection of its own, and this client shares one among all callers";

    private static readonly FrozenDictionary<string, string> Remedies = new Dictionary<string, string>
    {
        ["SUBSCRIBE"] = "its answers are no replies; use SubscribeAsync",
        ["PSUBSCRIBE"] = "its answers are no replies; use SubscribeAsync",
        ["SSUBSCRIBE"] = "its answers are no replies; use SubscribeAsync",
        ["UNSUBSCRIBE"] = "its answers are no replies; dispose of the subscription",
        ["PUNSUBSCRIBE"] = "its answers are no replies; dispose of the subscription",
        ["SUNSUBSCRIBE"] = "its answers are no replies; dispose of the subscription",
        ["MONITOR"] = OwnConnection,
        ["SYNC"] = OwnConnection,
        ["PSYNC"] = OwnConnection,
        ["REPLCONF"] = OwnConnection,
        ["CLIENT REPLY"] = "replies that are left out would shift all others",
        ["SCRIPT DEBUG"] = OwnConnection,
        ["SELECT"] = "it would change the database for all callers; set Database (defaultDatabase), and make a client for each",
        ["AUTH"] = "it would log in all callers; set User and Password, or CredentialsProvider",
        ["HELLO"] = "it is sent when a connection is made; set User, Password and ClientName",
        ["READONLY"] = "it would let a server that has become a replica answer all callers; set ReadFromReplicas",
        ["READWRITE"] = "it would undo what the connection was made with",
        ["RESET"] = "it would undo what the connection was made with",
        ["QUIT"] = "it would end the connection for all callers; use Disconnect, or dispose of the client",
        ["WATCH"] = "any other caller's EXEC would end it; use a script",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the name says.</summary>
    internal static Restraint Of(string name)
    {
        var words = name.Split(' ');
        return Remedies.ContainsKey(words[0]) || (words.Length > 1 && Remedies.ContainsKey($"{words[0]} {words[1]}")) ? Restraint.Refused
            : words[0] switch
            {
                "MULTI" => Restraint.Opens,
                "EXEC" or "DISCARD" => Restraint.Closes,
                "CLIENT" or "SCRIPT" when words.Length == 1 => Restraint.Depends,
                _ => Restraint.None,
            };
    }

    /// <summary>Throws for a command that must not be sent, or not outside a group.</summary>
    /// <exception cref="ArgumentException">It must not be sent like this.</exception>
    internal static void Check(in RespCommand command, bool isInGroup)
    {
        var restraint = command.Verb?.Restraint ?? Restraint.None;
        if (restraint == Restraint.None || (isInGroup && restraint is Restraint.Opens or Restraint.Closes) || IsQuestion(in command))
        {
            return;
        }

        if (restraint == Restraint.Opens)
        {
            throw new ArgumentException($"{command.Name} cannot be sent alone, because the commands of other callers would come behind it; put it, its commands and EXEC into one RespGroup.", nameof(command));
        }

        if (Remedy(in command) is { } remedy)
        {
            throw new ArgumentException($"{command.Name} cannot be sent: {remedy}.", nameof(command));
        }
    }

    /// <summary>Throws for a group that would leave the connection in a transaction.</summary>
    /// <exception cref="ArgumentException">MULTI has no EXEC behind it.</exception>
    internal static void Check(IReadOnlyList<RespCommand> group)
    {
        var isOpen = false;
        for (var i = 0; i < group.Count; i++)
        {
            isOpen = group[i].Verb?.Restraint switch
            {
                Restraint.Opens => true,
                Restraint.Closes => !IsWhole(group[i]) && isOpen,
                _ => isOpen,
            };
        }

        if (isOpen)
        {
            throw new ArgumentException("The group has MULTI without EXEC or DISCARD behind it; the commands of other callers would fall into its transaction. Add EXEC.", nameof(group));
        }
    }

    // The server refuses EXEC with an argument, and stays in the transaction.
    private static bool IsWhole(in RespCommand command) => command.Arguments.IsEmpty && command.Verb!.Words == 1;

    // HELLO alone changes nothing: it asks what the server is.
    private static bool IsQuestion(in RespCommand command) => command.Arguments.IsEmpty && command.Name == "HELLO";

    private static string? Remedy(in RespCommand command)
    {
        var words = command.Name.Split(' ');
        var second = words.Length > 1 ? words[1] : command.Arguments.Length > 0 ? TextOf(in command.Arguments[0]) : "";
        return Remedies.GetValueOrDefault(words[0]) ?? Remedies.GetValueOrDefault($"{words[0]} {second}");
    }

    private static string TextOf(in RespArgument argument) => argument.Text ?? Encoding.UTF8.GetString(argument.Bytes);
}
