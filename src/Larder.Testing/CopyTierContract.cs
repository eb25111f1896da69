using System.Buffers;
using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// What every <see cref="ICopyTier"/> must do, as rules that any test framework can check. Each public method checks one rule on a fresh tier and throws a <see cref="TierContractException"/> when the tier
/// breaks it.
/// </summary>
/// <remarks>
/// A tier of copies may forget anything at any time, so no rule demands that a copy is still there; <see cref="ACopyIsAnsweredWithItsToken"/> alone wants to see one of many. Rules may run side by side if the
/// tiers do not know each other.
/// </remarks>
public sealed class CopyTierContract
{
    private const string Key = "key";

    private static readonly string[] Several = ["second", "never", "first", "second"];

    private readonly Func<TimeProvider, ICopyTier> _make;

    /// <summary>Makes the contract for one kind of tier.</summary>
    /// <param name="make">Makes an empty tier. Is given the clock, which the tier gets with its <see cref="TierHost"/> as well. The rule attaches and disposes the tier.</param>
    public CopyTierContract(Func<TimeProvider, ICopyTier> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        _make = make;
    }

    /// <summary>Lets time pass, for a store whose clock can not be moved. Null, the default: the rules move the clock that they gave away.</summary>
    public Func<TimeSpan, Task>? LetTimePass { get; init; }

    /// <summary>How long a rule waits, in real time, for what must happen. 10 seconds by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every rule.</summary>
    public IEnumerable<ContractRule> All => ((Func<Task>[])
    [
        AMissingCopyIsAbsent, ACopyIsAnsweredWithItsToken, ALaterCopyReplacesAnEarlierOne, BytesAndTokenBelongTogether, RemovedCopiesAreAbsent, ClearedCopiesAreAbsent, ACopyEndsWithItsLifetime,
        SeveralAreAnsweredInTheirOrder, TheBytesAreTheCallers, ABodyStaysAsItWasWhileItIsHeld, KeysAreToldApart, BodiesMayHaveAnySize, CancelledCallsEnd, ItMayBeDisposedTwice,
    ]).Select(static rule => new ContractRule($"{nameof(CopyTierContract)}.{rule.Method.Name}", rule));

    /// <summary>What was never kept is absent.</summary>
    /// <returns>The task.</returns>
    public Task AMissingCopyIsAbsent() => OnAsync(static async (tier, _) => Expect.Absent(await GetAsync(tier).ConfigureAwait(false), "GetAsync of a key that was never kept"));

    /// <summary>A copy is answered byte for byte, with the token of the authority.</summary>
    /// <returns>The task.</returns>
    public Task ACopyIsAnsweredWithItsToken() => OnAsync(static async (tier, _) =>
    {
        for (byte attempt = 0; attempt < 20; attempt++)
        {
            var token = await SetAsync(tier, TierStage.Value(attempt), $"kept:{attempt}").ConfigureAwait(false);
            var reading = await tier.GetAsync($"kept:{attempt}", CancellationToken.None).ConfigureAwait(false);
            if (reading.HasValue)
            {
                Expect.Value(reading, token, TierStage.Value(attempt), "GetAsync of a copy");
                return;
            }
        }

        throw new TierContractException("GetAsync of a copy that was just kept: expected that one of 20 is there, seen none.");
    });

    /// <summary>A later copy takes the place of an earlier one, even of a longer one.</summary>
    /// <returns>The task.</returns>
    public Task ALaterCopyReplacesAnEarlierOne() => OnAsync(static async (tier, _) =>
    {
        await SetAsync(tier, TierStage.Value(1, size: 500)).ConfigureAwait(false);
        var token = await SetAsync(tier, TierStage.Value(2, size: 50)).ConfigureAwait(false);
        await ExpectAsync(tier, token, TierStage.Value(2, size: 50), "GetAsync after a second copy").ConfigureAwait(false);
    });

    /// <summary>Several keys are answered one for one and in their order, with the keys that are not there between them, a key that is asked for twice, and none at all.</summary>
    /// <returns>The task.</returns>
    public Task SeveralAreAnsweredInTheirOrder() => OnAsync(static async (tier, _) =>
    {
        var first = await SetAsync(tier, TierStage.Value(1), "first").ConfigureAwait(false);
        var second = await SetAsync(tier, TierStage.Value(2), "second").ConfigureAwait(false);
        var readings = await tier.GetManyAsync(Several, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(4, readings.Length, "How many answers GetManyAsync gives to four keys");
        Check(readings[0], second, 2);
        Expect.Absent(readings[1], "GetManyAsync of a key that was never kept");
        Check(readings[2], first, 1);
        Check(readings[3], second, 2);
        Expect.Equal(0, (await tier.GetManyAsync(ReadOnlyMemory<string>.Empty, CancellationToken.None).ConfigureAwait(false)).Length, "How many answers GetManyAsync gives to no keys");

        static void Check(TierReading reading, FenceToken token, byte value)
        {
            if (reading.HasValue)
            {
                Expect.Value(reading, token, TierStage.Value(value), "GetManyAsync of a copy");
            }
        }
    });

    /// <summary>Under many threads every copy is whole: bytes and token belong together.</summary>
    /// <returns>The task.</returns>
    public Task BytesAndTokenBelongTogether() => OnAsync(static async (tier, _) =>
    {
        await Racing.AllAsync(8, async thread =>
        {
            for (var round = 0; round < 40; round++)
            {
                var size = 200 + (thread * 40) + round;
                await tier.SetAsync(Key, TierStage.Value((byte)size, size), new FenceToken(1, (ulong)size), CancellationToken.None).ConfigureAwait(false);
                using var reading = await GetAsync(tier).ConfigureAwait(false);
                if (reading.HasValue)
                {
                    var body = reading.Body.ToArray();
                    Expect.Equal(new FenceToken(1, (ulong)body.Length), reading.Token, "The token next to a copy, while many threads write");
                    Expect.Bytes(TierStage.Value((byte)body.Length, body.Length).Body.ToArray(), body, "A copy, while many threads write");
                }
            }

            return true;
        }).ConfigureAwait(false);
    });

    /// <summary>Dropped copies are absent, and those that were never there do not matter.</summary>
    /// <returns>The task.</returns>
    public Task RemovedCopiesAreAbsent() => OnAsync(static async (tier, _) =>
    {
        await SetAsync(tier, TierStage.Value(1)).ConfigureAwait(false);
        await tier.RemoveAsync(new[] { "missing", Key }, CancellationToken.None).ConfigureAwait(false);
        Expect.Absent(await GetAsync(tier).ConfigureAwait(false), "GetAsync of a copy that was dropped");
    });

    /// <summary>After a clear every copy is absent, and new ones can be kept.</summary>
    /// <returns>The task.</returns>
    public Task ClearedCopiesAreAbsent() => OnAsync(static async (tier, _) =>
    {
        await SetAsync(tier, TierStage.Value(1)).ConfigureAwait(false);
        await SetAsync(tier, TierStage.Value(1), "other").ConfigureAwait(false);
        await tier.ClearAsync(CancellationToken.None).ConfigureAwait(false);
        Expect.Absent(await GetAsync(tier).ConfigureAwait(false), "GetAsync after ClearAsync");
        Expect.Absent(await tier.GetAsync("other", CancellationToken.None).ConfigureAwait(false), "GetAsync of another key after ClearAsync");
        var token = await SetAsync(tier, TierStage.Value(2)).ConfigureAwait(false);
        await ExpectAsync(tier, token, TierStage.Value(2), "GetAsync of a copy that was kept after ClearAsync").ConfigureAwait(false);
    });

    /// <summary>A copy is absent after its lifetime.</summary>
    /// <returns>The task.</returns>
    public Task ACopyEndsWithItsLifetime() => OnAsync(static async (tier, pass) =>
    {
        var lifetime = TimeSpan.FromMilliseconds(800);
        await SetAsync(tier, TierStage.Value(1, lifetime: lifetime)).ConfigureAwait(false);
        await pass(lifetime * 1.25).ConfigureAwait(false);
        Expect.Absent(await GetAsync(tier).ConfigureAwait(false), "GetAsync after a lifetime of 800 ms");
        var token = await SetAsync(tier, TierStage.Value(2, lifetime: TimeSpan.MaxValue)).ConfigureAwait(false);
        await ExpectAsync(tier, token, TierStage.Value(2), "GetAsync within the longest lifetime").ConfigureAwait(false);
    });

    /// <summary>The body belongs to the caller, and may consist of several pieces of memory.</summary>
    /// <returns>The task.</returns>
    public Task TheBytesAreTheCallers() => OnAsync(static async (tier, _) =>
    {
        var bytes = TierStage.Value(1, size: 1_000).Body.ToArray();
        var token = await SetAsync(tier, new TierWrite(Pieces.Of(bytes, 7), TierStage.Long)).ConfigureAwait(false);
        bytes.AsSpan().Clear();
        await ExpectAsync(tier, token, TierStage.Value(1, size: 1_000), "GetAsync after the caller has used the memory of the body again").ConfigureAwait(false);
    });

    /// <summary>The bytes of a reading are valid until it is disposed, whatever is kept or dropped meanwhile.</summary>
    /// <returns>The task.</returns>
    public Task ABodyStaysAsItWasWhileItIsHeld() => OnAsync(static async (tier, _) =>
    {
        await SetAsync(tier, TierStage.Value(1, size: 5_000)).ConfigureAwait(false);
        using var held = await GetAsync(tier).ConfigureAwait(false);
        if (held.HasValue)
        {
            await SetAsync(tier, TierStage.Value(2, size: 5_000)).ConfigureAwait(false);
            await tier.RemoveAsync(new[] { Key }, CancellationToken.None).ConfigureAwait(false);
            await SetAsync(tier, TierStage.Value(3, size: 5_000), "other").ConfigureAwait(false);
            Expect.Bytes(TierStage.Value(1, size: 5_000).Body.ToArray(), held.Body.ToArray(), "The body of a reading that is not disposed yet, after the copy was dropped");
        }
    });

    /// <summary>Keys are compared exactly, and may have any allowed character.</summary>
    /// <returns>The task.</returns>
    public Task KeysAreToldApart() => OnAsync(static async (tier, _) =>
    {
        var tokens = new Dictionary<string, FenceToken>(StringComparer.Ordinal);
        foreach (var key in KeySamples.LookAlikes.Concat(KeySamples.All))
        {
            tokens[key] = await SetAsync(tier, TierStage.Value(1), key).ConfigureAwait(false);
        }

        foreach (var (key, token) in tokens)
        {
            using var reading = await tier.GetAsync(key, CancellationToken.None).ConfigureAwait(false);
            Expect.True(!reading.HasValue || reading.Token == token, "the copy of a key has that key's token, after keys that look like it were kept");
        }
    });

    /// <summary>From nothing to a mebibyte, every copy comes back as it was.</summary>
    /// <returns>The task.</returns>
    public Task BodiesMayHaveAnySize() => OnAsync(static async (tier, _) =>
    {
        foreach (var size in new[] { 0, 1, 7, 8, 4_096, 65_537, 1 << 20 })
        {
            var token = await SetAsync(tier, TierStage.Value(3, size)).ConfigureAwait(false);
            await ExpectAsync(tier, token, TierStage.Value(3, size), $"GetAsync of a body of {size} bytes").ConfigureAwait(false);
        }
    });

    /// <summary>A call whose waiting is cancelled ends, and the tier works on.</summary>
    /// <returns>The task.</returns>
    public Task CancelledCallsEnd() => OnAsync(static async (tier, _) =>
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync().ConfigureAwait(false);
        Func<Task>[] calls =
        [
            () => tier.GetAsync(Key, source.Token).AsTask(),
            () => tier.SetAsync(Key, TierStage.Value(1), FenceToken.Create(), source.Token).AsTask(),
            () => tier.RemoveAsync(new[] { Key }, source.Token).AsTask(),
            () => tier.ClearAsync(source.Token).AsTask(),
        ];
        foreach (var call in calls)
        {
            try
            {
                await call().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // One of the two ways in which it may end.
            }
        }

        var token = await SetAsync(tier, TierStage.Value(2)).ConfigureAwait(false);
        await ExpectAsync(tier, token, TierStage.Value(2), "GetAsync after cancelled calls").ConfigureAwait(false);
    });

    /// <summary>Disposing it again does nothing.</summary>
    /// <returns>The task.</returns>
    public Task ItMayBeDisposedTwice() => OnAsync(static async (tier, _) =>
    {
        await tier.DisposeAsync().ConfigureAwait(false);
        await tier.DisposeAsync().ConfigureAwait(false);
    });

    private static ValueTask<TierReading> GetAsync(ICopyTier tier) => tier.GetAsync(Key, CancellationToken.None);

    private static async Task<FenceToken> SetAsync(ICopyTier tier, TierWrite write, string key = Key)
    {
        var token = FenceToken.Create();
        await tier.SetAsync(key, write, token, CancellationToken.None).ConfigureAwait(false);
        return token;
    }

    // It may have been forgotten, but must not be anything else.
    private static async Task ExpectAsync(ICopyTier tier, FenceToken token, TierWrite write, string what)
    {
        var reading = await GetAsync(tier).ConfigureAwait(false);
        if (reading.Status != TierStatus.Absent)
        {
            Expect.Value(reading, token, write, what);
        }
    }

    private async Task OnAsync(Func<ICopyTier, Func<TimeSpan, Task>, Task> rule, [CallerMemberName] string name = "")
    {
        var clock = LetTimePass is null ? new FakeClock() : null;
        var tier = _make((TimeProvider?)clock ?? TimeProvider.System);
        await using (tier.ConfigureAwait(false))
        {
            tier.Attach(new TierHost("contract", new DeafListener(), clock));
            try
            {
                await Larder.Testing.Patience.EndsAsync(rule(tier, PassAsync), $"{name} ends", Patience).ConfigureAwait(false);
            }
            catch (Exception thrown) when (thrown is not TierContractException)
            {
                throw new TierContractException($"{name}: a tier of copies does not throw; seen {thrown.GetType().Name}: {thrown.Message}", thrown);
            }
        }

        Task PassAsync(TimeSpan time)
        {
            if (LetTimePass is { } pass)
            {
                return pass(time);
            }

            clock!.Advance(time);
            return Task.CompletedTask;
        }
    }
}
