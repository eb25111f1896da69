using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>Holds what a tier does against what it should do.</summary>
internal static class Expect
{
    internal static void True(bool seen, string expected)
    {
        if (!seen)
        {
            throw new TierContractException($"Expected: {expected}. It is not so.");
        }
    }

    internal static void Equal<T>(T expected, T seen, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, seen))
        {
            throw new TierContractException($"{what}: expected {expected}, seen {seen}.");
        }
    }

    internal static void Different(FenceToken first, FenceToken second, string what)
    {
        if (first == second)
        {
            throw new TierContractException($"{what}: expected two different tokens, seen the same twice ({first}).");
        }
    }

    internal static void Absent(TierReading reading, string what)
    {
        using (reading)
        {
            Equal(TierStatus.Absent, reading.Status, what);
        }
    }

    /// <summary>The reading has the value that was written under the token. Gives the reading back.</summary>
    internal static void Value(TierReading reading, FenceToken token, TierWrite written, string what)
    {
        using (reading)
        {
            Equal(TierStatus.Done, reading.Status, what);
            Equal(token, reading.Token, $"{what}, its token");
            Bytes(written.Body.ToArray(), reading.Body.ToArray(), what);
        }
    }

    internal static void Bytes(byte[] expected, byte[] seen, string what)
    {
        if (!expected.AsSpan().SequenceEqual(seen))
        {
            var at = expected.AsSpan().CommonPrefixLength(seen);
            throw new TierContractException($"{what}: expected the {expected.Length} bytes that were written, seen {seen.Length} bytes that differ from byte {at} on.");
        }
    }

    /// <summary>Memory may take what was read.</summary>
    internal static void Armed(TierObservation observation, string what)
    {
        True(!observation.IsVoid, $"{what} leaves the observation valid, since nobody has changed the key");
        True(observation.IsArmed, $"{what} arms the observation before it ends");
    }

    internal static ITierLease Leased(TierClaim claim, string what)
    {
        Equal(TierStatus.Leased, claim.Status, what);
        return claim.Lease ?? throw new TierContractException($"{what}: expected a Lease with the status Leased, seen null.");
    }

    internal static Task Busy(TierClaim claim, string what)
    {
        Equal(TierStatus.Busy, claim.Status, what);
        return claim.Changed ?? throw new TierContractException($"{what}: expected the task Changed with the status Busy, seen null.");
    }
}
