using System.Globalization;
using Larder.Redis.Cascache;

namespace Larder.Redis.Tests.Cascache;

/// <summary>Whatever bytes come, a reader gives what the writer would write, or refuses them.</summary>
public sealed class FrameFuzzTests
{
    private const int Inputs = 200_000;

    [Fact]
    public void Read_RandomAndMutatedBytes_AreWrittenBackTheSameOrRefused()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("LARDER_CASCACHE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Inputs;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < count; i++)
        {
            var frame = Draw(random);
            var problem = Problem(frame, ref accepted);
            Assert.True(problem is null, string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, input {i}: {problem}: {Convert.ToHexString(frame)}"));
        }

        // Both kinds of inputs must have been drawn, or nothing was tried.
        Assert.InRange(accepted, count / 10, count * 9 / 10);
    }

    private static string? Problem(byte[] frame, ref int accepted)
    {
        if (SingleFrame.Read(frame, out var generation, out var payload) == FrameFault.None)
        {
            accepted++;
            var again = new byte[SingleFrame.HeaderLength + payload.Length];
            SingleFrame.WriteHeader(again, generation, payload.Length);
            payload.Span.CopyTo(again.AsSpan(SingleFrame.HeaderLength));
            return frame.AsSpan().SequenceEqual(again) ? null : "a single is written back differently";
        }

        var parts = new List<BulkPart>();
        var reader = new BulkReader(frame);
        while (reader.TryRead(out var member))
        {
            parts.Add(new BulkPart(frame.AsMemory(member.Key), member.Generation, frame.AsMemory(member.Payload)));
        }

        if (reader.Fault != FrameFault.None)
        {
            return parts.Count <= frame.Length / 15 ? null : "more members than the bytes could hold";
        }

        accepted++;
        return frame.AsSpan().SequenceEqual(BulkWriter.Write(parts)) ? null : "a bulk is written back differently";
    }

    private static byte[] Draw(Random random)
    {
        if (random.Next(8) == 0)
        {
            var noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            return noise;
        }

        var frame = random.Next(2) == 0 ? Single(random) : Bulk(random);
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            frame[random.Next(frame.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(4));
        }

        return random.Next(6) switch
        {
            0 => frame[..random.Next(frame.Length + 1)],
            1 => [.. frame, .. new byte[random.Next(20)]],
            _ => frame,
        };
    }

    private static byte[] Single(Random random)
    {
        var frame = new byte[SingleFrame.HeaderLength + random.Next(20)];
        random.NextBytes(frame);
        SingleFrame.WriteHeader(frame, (ulong)random.NextInt64(), frame.Length - SingleFrame.HeaderLength);
        return frame;
    }

    private static byte[] Bulk(Random random)
    {
        var parts = new BulkPart[random.Next(5)];
        for (var i = 0; i < parts.Length; i++)
        {
            var bytes = new byte[1 + random.Next(20)];
            random.NextBytes(bytes);
            var key = 1 + random.Next(bytes.Length);
            parts[i] = new BulkPart(bytes.AsMemory(0, key), (ulong)random.NextInt64(), bytes.AsMemory(key));
        }

        return BulkWriter.Write(parts);
    }
}
