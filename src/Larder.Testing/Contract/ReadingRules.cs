using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>How a tier answers readers.</summary>
public sealed class ReadingRules : TierRules
{
    internal ReadingRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        AMissingKeyIsAbsent, AValueIsAnsweredWithItsToken, AReadingArmsItsObservation, AReadingNeedsNoObservation, AKeyThatIsOnlyBeingLoadedIsAbsent,
        ManyKeysAreAnsweredInTheirOrder, NoKeysAreAnsweredByNothing, APeekAnswersTheToken, ABodyStaysAsItWasWhileItIsHeld, KeysAreToldApart,
    ];

    /// <summary>There is nothing under a key that was never written, and that is said with <see cref="TierStatus.Absent"/>.</summary>
    /// <returns>The task.</returns>
    public Task AMissingKeyIsAbsent() => OnAsync(static async stage =>
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync of a key that was never written"));

    /// <summary>What was stored is answered byte for byte, with the token that it was stored under.</summary>
    /// <returns>The task.</returns>
    public Task AValueIsAnsweredWithItsToken() => OnAsync(static async stage =>
    {
        var write = TierStage.Value(1);
        var token = await stage.PutAsync(write).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, write, "GetAsync of a value");
        Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), token, write, "GetAsync of a value on another node");
    });

    /// <summary>Whatever the answer is, the observation is armed before the answer is given.</summary>
    /// <returns>The task.</returns>
    public Task AReadingArmsItsObservation() => OnAsync(static async stage =>
    {
        await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        foreach (var key in new[] { TierStage.Key, "missing" })
        {
            var read = stage.Node.Watch(key);
            using var reading = await stage.GetAsync(key, observation: read).ConfigureAwait(false);
            stage.Observed(read, reading.Status, $"GetAsync of a key that is {reading.Status}");

            var peeked = stage.Node.Watch(key);
            using var peek = await stage.Tier.PeekAsync(key, peeked, CancellationToken.None).ConfigureAwait(false);
            stage.Observed(peeked, peek.Status, $"PeekAsync of a key that is {peek.Status}");
        }
    });

    /// <summary>An observation of null means that nothing will be kept: the answer is the same.</summary>
    /// <returns>The task.</returns>
    public Task AReadingNeedsNoObservation() => OnAsync(static async stage =>
    {
        var write = TierStage.Value(1);
        var token = await stage.PutAsync(write).ConfigureAwait(false);
        Expect.Value(await stage.Tier.GetAsync(TierStage.Key, null, CancellationToken.None).ConfigureAwait(false), token, write, "GetAsync without an observation");
        var peek = await stage.Tier.PeekAsync(TierStage.Key, null, CancellationToken.None).ConfigureAwait(false);
        using (peek)
        {
            Expect.Equal(TierStatus.Done, peek.Status, "PeekAsync without an observation");
        }

        var many = await stage.Tier.GetManyAsync(new[] { TierStage.Key }, new TierObservation?[1], CancellationToken.None).ConfigureAwait(false);
        Expect.Value(many[0], token, write, "GetManyAsync without an observation");
    });

    /// <summary>A lease is no value.</summary>
    /// <returns>The task.</returns>
    public Task AKeyThatIsOnlyBeingLoadedIsAbsent() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            Expect.Absent(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), "GetAsync of a key that another node is loading");
        }
    });

    /// <summary>GetManyAsync gives as many answers as keys, in their order, and arms the observations that there are.</summary>
    /// <returns>The task.</returns>
    public Task ManyKeysAreAnsweredInTheirOrder() => OnAsync(static async stage =>
    {
        const int Count = 20;
        var keys = Enumerable.Range(0, Count).Select(static number => $"many:{number}").ToArray();
        var tokens = new FenceToken[Count];
        for (var i = 0; i < Count; i += 2)
        {
            tokens[i] = await stage.PutAsync(TierStage.Value((byte)i), keys[i]).ConfigureAwait(false);
        }

        var observations = keys.Select((key, i) => i % 3 == 0 ? null : stage.Node.Watch(key)).ToArray();
        var readings = await stage.Tier.GetManyAsync(keys, observations, CancellationToken.None).ConfigureAwait(false);

        Expect.Equal(Count, readings.Length, "The number of answers of GetManyAsync");
        for (var i = 0; i < Count; i++)
        {
            if (observations[i] is { } observation)
            {
                stage.Observed(observation, readings[i].Status, $"GetManyAsync, key {i},");
            }

            if (i % 2 == 0)
            {
                Expect.Value(readings[i], tokens[i], TierStage.Value((byte)i), $"GetManyAsync, key {i}");
            }
            else
            {
                Expect.Absent(readings[i], $"GetManyAsync, key {i}");
            }
        }
    });

    /// <summary>GetManyAsync of nothing is allowed.</summary>
    /// <returns>The task.</returns>
    public Task NoKeysAreAnsweredByNothing() => OnAsync(static async stage =>
    {
        var readings = await stage.Tier.GetManyAsync(Array.Empty<string>(), Array.Empty<TierObservation?>(), CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(0, readings.Length, "The number of answers of GetManyAsync without keys");
    });

    /// <summary>PeekAsync says what GetAsync says, with or without the body.</summary>
    /// <returns>The task.</returns>
    public Task APeekAnswersTheToken() => OnAsync(static async stage =>
    {
        Expect.Absent(await stage.Tier.PeekAsync(TierStage.Key, null, CancellationToken.None).ConfigureAwait(false), "PeekAsync of a missing key");
        var token = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        using var peek = await stage.Tier.PeekAsync(TierStage.Key, null, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(TierStatus.Done, peek.Status, "PeekAsync of a value");
        Expect.Equal(token, peek.Token, "PeekAsync of a value, its token");
    });

    /// <summary>The bytes of a reading are valid until it is disposed, whatever is written meanwhile.</summary>
    /// <returns>The task.</returns>
    public Task ABodyStaysAsItWasWhileItIsHeld() => OnAsync(static async stage =>
    {
        var write = TierStage.Value(1, size: 5_000);
        await stage.PutAsync(write).ConfigureAwait(false);
        using var held = await stage.GetAsync().ConfigureAwait(false);
        await stage.PutAsync(TierStage.Value(2, size: 5_000)).ConfigureAwait(false);
        await stage.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).ConfigureAwait(false);
        for (byte i = 0; i < 10; i++)
        {
            await stage.PutAsync(TierStage.Value(i, size: 5_000), $"other:{i}").ConfigureAwait(false);
            using var other = await stage.GetAsync($"other:{i}").ConfigureAwait(false);
        }

        Expect.Bytes(write.Body.ToArray(), held.Body.ToArray(), "The body of a reading that is not disposed yet, after the key was written again");
    });

    /// <summary>Keys are compared exactly.</summary>
    /// <returns>The task.</returns>
    public Task KeysAreToldApart() => OnAsync(static async stage =>
    {
        var tokens = new Dictionary<string, FenceToken>(StringComparer.Ordinal);
        foreach (var key in KeySamples.LookAlikes)
        {
            tokens.Add(key, await stage.PutAsync(TierStage.Value((byte)tokens.Count), key).ConfigureAwait(false));
        }

        foreach (var (key, token) in tokens)
        {
            using var reading = await stage.GetAsync(key).ConfigureAwait(false);
            Expect.Equal(token, reading.Token, $"The token of the key \"{key}\" after keys that look like it were written");
        }
    });
}
