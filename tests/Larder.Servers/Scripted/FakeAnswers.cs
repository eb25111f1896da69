using System.Collections.Concurrent;

namespace Larder.Servers;

/// <summary>
/// What a fake server answers by itself. At first that is the handshake and the heartbeat: HELLO, AUTH, CLIENT, SELECT, PING. What has no answer
/// goes to the script.
/// </summary>
public sealed class FakeAnswers
{
    private readonly ConcurrentDictionary<string, Func<FakeConnection, ReceivedCommand, byte[]?>> _answers = new(StringComparer.OrdinalIgnoreCase);

    internal FakeAnswers()
    {
        On("HELLO", static (connection, _) => Hello(connection.Id));
        On("AUTH", static (_, _) => Wire.Ok);
        On("SELECT", static (_, _) => Wire.Ok);
        On("READONLY", static (_, _) => Wire.Ok);
        On("PING", static (_, command) => command.Texts.Count > 1 ? Wire.Bulk(command[1]) : Wire.Simple("PONG"));
        On("CLIENT", Client);
    }

    /// <summary>Answers a command always; a null from the function leaves that one to the script.</summary>
    /// <param name="verb">The command's name in any case.</param>
    /// <param name="answer">Gives the bytes of the reply.</param>
    public FakeAnswers On(string verb, Func<FakeConnection, ReceivedCommand, byte[]?> answer)
    {
        _answers[verb] = answer;
        return this;
    }

    /// <summary>Answers a command always with the same bytes.</summary>
    public FakeAnswers On(string verb, byte[] answer) => On(verb, (_, _) => answer);

    /// <summary>Leaves a command to the script from now on.</summary>
    public FakeAnswers Leave(string verb)
    {
        _answers.TryRemove(verb, out _);
        return this;
    }

    /// <summary>The reply to HELLO 3 of a standalone primary.</summary>
    public static byte[] Hello(long id, string mode = "standalone", string role = "master", string version = "7.0.15") => Wire.Map(
        Wire.Bulk("server"), Wire.Bulk("redis"),
        Wire.Bulk("version"), Wire.Bulk(version),
        Wire.Bulk("proto"), Wire.Number(3),
        Wire.Bulk("id"), Wire.Number(id),
        Wire.Bulk("mode"), Wire.Bulk(mode),
        Wire.Bulk("role"), Wire.Bulk(role),
        Wire.Bulk("modules"), Wire.Array());

    internal byte[]? To(FakeConnection connection, ReceivedCommand command) =>
        _answers.TryGetValue(command.Verb, out var answer) ? answer(connection, command) : null;

    // 7.0 does not know SETINFO, and neither does the fake.
    private static byte[]? Client(FakeConnection connection, ReceivedCommand command) =>
        (command.Texts.Count > 1 ? command[1].ToUpperInvariant() : "") switch
        {
            "ID" => Wire.Number(connection.Id),
            "SETINFO" => Wire.Error("ERR unknown subcommand 'setinfo'. Try CLIENT HELP."),
            "SETNAME" or "TRACKING" or "CACHING" or "NO-EVICT" or "NO-TOUCH" or "REPLY" => Wire.Ok,
            _ => null,
        };
}
