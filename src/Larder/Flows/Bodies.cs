using System.Buffers;
using Larder.Entries;
using Larder.Fences;
using Larder.Ports;
using Larder.Sealing;

namespace Larder.Flows;

/// <summary>
/// Turns entries into what lower tiers keep, and back. Whatever is wrong with a body makes it a miss with a reason, never an exception to the reader.
/// </summary>
internal sealed class Bodies(CacheParts parts)
{
    private readonly EntryMaker _maker = new(parts);

    internal Moment Now => new(parts.Clock.Now, UnixNow);

    private long UnixNow => parts.Scheduler.Clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens a body without decoding its payload.</summary>
    internal bool TryOpen(string key, in ReadOnlySequence<byte> body, out Opened opened)
    {
        EnvelopeFault fault;
        Exception? failure = null;
        try
        {
            fault = Envelope.TryOpen(in body, key, out var envelope);
            opened = new Opened(key, in envelope);
        }
        catch (Exception failed)
        {
            // The memory is the tier's: one that was given back too early, or is of its own making, may throw.
            (fault, failure) = (EnvelopeFault.Malformed, failed);
            opened = default;
        }

        if (fault == EnvelopeFault.None)
        {
            return true;
        }

        parts.Report.UnreadableBelow(key, fault.ToString(), failure);
        return false;
    }

    /// <summary>The present stamps of the tags that a body names; null when it names none.</summary>
    internal TagStamp[]? StampsOf(in Opened opened)
    {
        if (opened.Envelope.Header.Tags is not { Length: > 0 } tags)
        {
            return null;
        }

        var names = new string[tags.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = tags[i].Tag;
        }

        return parts.Tags.Stamp(names, oneMore: null);
    }

    /// <summary>
    /// True when the body was stored under the fences that the authority had when it answered. Their tokens are known. What had changed before the answer was announced before it, so a
    /// fence that has moved since the caller took its stamp says that its token is an older one.
    /// </summary>
    internal bool IsCurrent(in Opened opened, FenceStamp era, TagStamp[]? stamps)
    {
        ref readonly var header = ref opened.Envelope.Header;
        if (!ReferenceEquals(era, parts.CacheFence.Stamp) || (stamps is not null && !TagStamp.AllCurrent(stamps)))
        {
            return false;
        }

        if (!era.TryGetToken(era, out var cacheToken) || cacheToken != header.CacheFence)
        {
            return false;
        }

        for (var i = 0; i < (stamps?.Length ?? 0); i++)
        {
            if (!stamps![i].Stamp.TryGetToken(era, out var token) || token != header.Tags![i].Fence)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The limits of a body.</summary>
    internal PeekedHead HeadOf(in Opened opened)
    {
        ref readonly var header = ref opened.Envelope.Header;
        return new PeekedHead(header.IsNotFound, EnvelopeHeader.Later(header.FreshUntil, header.StaleFor), header.GoneAt, UnixNow);
    }

    /// <summary>Decodes the payload and makes an entry of it for memory. Null when it can not be decoded.</summary>
    internal Entry? ToEntry<T>(in Opened opened, FenceStamp era, TagStamp[]? stamps, EntrySettings settings, FenceToken token, Moment moment, out T? value)
    {
        ref readonly var header = ref opened.Envelope.Header;
        var (now, unixNow) = moment;
        var lifetime = header.LifetimeAt(unixNow, settings.MemoryFor == 0 ? long.MaxValue : settings.MemoryFor, settings.Lifetime);
        var head = new EntryHead(opened.Key, era, stamps, lifetime, header.CreatedOn(now, unixNow)) { Validators = header.Validators };
        value = default;
        if (!header.IsNotFound)
        {
            var fault = parts.Seals.For<T>().TryDecode(in opened.Envelope, opened.Key, out value, out var failure);
            if (fault != EnvelopeFault.None)
            {
                parts.Report.UnreadableBelow(opened.Key, fault.ToString(), failure);
                return null;
            }
        }

        var entry = _maker.OfFound(in head, value, header.IsNotFound, settings);
        if (entry is not null)
        {
            // Only a refresh asks an entry for it, and what nobody keeps is refreshed only if it is due already.
            if (!settings.Skips(CacheSkip.MemoryWrite) || entry.PhaseAt(now) != Phase.Fresh)
            {
                entry.Token = token;
            }

            entry.Touch(now);
        }

        return entry;
    }

    /// <summary>The body of an entry whose fences' tokens are known. Null, and why, when it can not be encoded or is too large.</summary>
    internal SealedBody? TryEncode<T>(Entry entry, T? value, out StoreVerdict verdict)
    {
        verdict = StoreVerdict.Unwanted;
        var era = entry.CacheStamp;
        if (!era.TryGetToken(era, out var cacheToken) || !TryGetTags(entry.Tags, era, out var tags))
        {
            verdict = StoreVerdict.FencedOff;
            return null;
        }

        var header = EnvelopeHeader.Of(entry, parts.Clock.Now, UnixNow, cacheToken, tags);
        if (entry is NotFoundEntry)
        {
            return Envelope.OfNotFound(entry.Key, in header);
        }

        try
        {
            var body = parts.Seals.For<T>().Encode(entry.Key, value, in header);
            if (!body.IsTooLarge)
            {
                return body;
            }

            body.Dispose();
            verdict = StoreVerdict.TooLarge;
        }
        catch (Exception failed)
        {
            parts.Report.NotSealed(entry.Key, failed);
        }

        return null;
    }

    /// <summary>The same body under these tags, and how long it is still to be kept. Null when a tag's token is not known.</summary>
    internal SealedBody? WithTags(in Opened opened, FenceStamp era, TagStamp[]? stamps, out long lifetime)
    {
        var envelope = opened.Envelope;
        lifetime = envelope.Header.GoneAt - UnixNow;
        return TryGetTags(stamps, era, out var tags) ? envelope.Rewrite(envelope.Header with { Tags = tags }) : null;
    }

    /// <summary>What a tier is to keep of an entry, and for how long.</summary>
    internal TierWrite WriteOf(Entry entry, SealedBody body)
    {
        var left = Math.Max(1, entry.KeptUntil - parts.Clock.Now);
        return new TierWrite(body.Bytes, TimeSpan.FromMilliseconds(left));
    }

    private static bool TryGetTags(TagStamp[]? stamps, FenceStamp era, out EnvelopeTag[]? tags)
    {
        tags = stamps is null ? null : new EnvelopeTag[stamps.Length];
        for (var i = 0; i < (stamps?.Length ?? 0); i++)
        {
            if (!stamps![i].Stamp.TryGetToken(era, out var token))
            {
                return false;
            }

            tags![i] = new EnvelopeTag(stamps[i].Tag, token);
        }

        return true;
    }
}
