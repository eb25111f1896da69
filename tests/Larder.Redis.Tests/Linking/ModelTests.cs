using System.Buffers;
using Larder.Redis.Tests.Kit;
using Larder.Testing;

namespace Larder.Redis.Tests.Linking;

/// <summary>
/// The same random commands, by two connections each, to a server and to the store in memory that says what the commands mean: the answers are equal, and what the one store announces the other one does not
/// keep to itself.
/// </summary>
public sealed class ModelTests
{
    private const int Steps = 1_500;

    private static readonly AuthorityVerb[] Verbs = [.. Enum.GetValues<AuthorityVerb>().Where(static verb => verb is not (AuthorityVerb.ReadMany or AuthorityVerb.TrackedReadMany))];
    private static readonly FenceToken[] Tokens = [.. Enumerable.Range(1, 4).Select(static n => new FenceToken((ulong)n, 7))];
    private static readonly string[] Keys = ["a", "{b}:ä ", "c\u20ac"];
    private static readonly FenceName[] Fences = [FenceName.Cache, FenceName.AnyTag, FenceName.Registry, FenceName.OfTag("red"), FenceName.OfTag("a:b")];
    private static readonly long[] Numbers = [0, 1, -1, long.MaxValue, long.MinValue, 9_007_199_254_740_993];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public Task Send_RandomCommands_AnswersAsTheStoreInMemory(int seed) => CompareAsync(seed, SharedServer.Address, SharedServer.NewPrefix(), RedisTransport.Tracking);

    internal static async Task CompareAsync(int seed, string address, string prefix, RedisTransport transport)
    {
        var memory = new MemoryAuthority();
        await using var model1 = new ProbedLink(memory.Connect());
        await using var model2 = new ProbedLink(memory.Connect());
        await using var real1 = await ProbedLink.ConnectAsync(address, prefix, transport);
        await using var real2 = await ProbedLink.ConnectAsync(address, prefix, transport);
        (ProbedLink Model, ProbedLink Real, HashSet<string> Told)[] sides = [(model1, real1, []), (model2, real2, [])];
        var random = new Random(seed);
        var history = new List<string>();

        for (var step = 0; step < Steps; step++)
        {
            var who = random.Next(2);
            var (verb, key, with) = Next(random);
            history.Add($"{who}: {verb} {key} {with(default).Fence.Tag} {Text(with(default))}");
            if (verb is AuthorityVerb.TrackedRead or AuthorityVerb.TrackedPeek or AuthorityVerb.Acquire)
            {
                sides[who].Told.Remove(key!);
            }
            else if (verb == AuthorityVerb.ReadFence)
            {
                sides[who].Told.Remove(Name(with(default).Fence));
            }

            var expected = await sides[who].Model.AskAsync(verb, key, with);
            var seen = await sides[who].Real.AskAsync(verb, key, with);

            Assert.True(expected.Comparable == seen.Comparable, $"Seed {seed}, step {step}: expected {expected.Comparable}, seen {seen.Comparable} ({seen.Failure?.Message}) after\n{string.Join('\n', history.TakeLast(25))}");
            foreach (var (model, real, told) in sides)
            {
                // Behind this answer all that the change has set off has come.
                await real.AskAsync(AuthorityVerb.Read, "none");
                await real.AskAsync(AuthorityVerb.Read, "none");
                told.UnionWith(real.TakeAnnounced());
                foreach (var announced in model.TakeAnnounced())
                {
                    Assert.True(told.Contains(announced), $"Seed {seed}, step {step}: \"{announced}\" was not announced after\n{string.Join('\n', history.TakeLast(25))}");
                }
            }
        }
    }

    private static (AuthorityVerb Verb, string? Key, Func<AuthorityCommand, AuthorityCommand> With) Next(Random random)
    {
        var verb = Verbs[random.Next(Verbs.Length)];
        var key = Keys[random.Next(Keys.Length)];
        var fence = Fences[random.Next(Fences.Length)];
        var (token, expected) = (Tokens[random.Next(Tokens.Length)], Tokens[random.Next(Tokens.Length)]);
        var (number, index) = (Numbers[random.Next(Numbers.Length)], random.Next(3));
        var body = new byte[random.Next(24)];
        random.NextBytes(body);
        var milliseconds = 600_000L;
        switch (verb)
        {
            case AuthorityVerb.Renew:
                (key, number) = ($"node{index}", index);
                milliseconds += random.Next(8) == 0 ? 1 : 0;
                break;
            case AuthorityVerb.Forget:
                (key, number) = ($"node{index}", random.Next(1, 6));
                break;
            case AuthorityVerb.Increment when random.Next(2) == 0:
                expected = FenceToken.None;
                break;
        }

        return (verb, key, _ => new AuthorityCommand(_.Caller is null ? verb : _.Verb, _.Caller!, _.Index)
        {
            Key = key,
            Fence = fence,
            Token = token,
            Expected = expected,
            Milliseconds = milliseconds,
            Number = number,
            Body = new ReadOnlySequence<byte>(body),
        });
    }

    private static string Name(FenceName name) => $"fence {name.Kind} {name.Tag}";

    private static string Text(AuthorityCommand command) => $"token {command.Token} expected {command.Expected} number {command.Number} body {Convert.ToHexString(command.Body.ToArray())}";
}
