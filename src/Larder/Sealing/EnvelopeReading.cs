using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Larder.Entries;

namespace Larder.Sealing;

/// <summary>
/// Reads what comes after the fixed part of a body. Answers false for whatever makes no sense, and takes no memory for what a length only claims: lengths
/// and counts are compared with what is really there first.
/// </summary>
internal ref struct EnvelopeReading(in ReadOnlySequence<byte> rest)
{
    private SequenceReader<byte> _reader = new(rest);

    /// <summary>What has not been read yet.</summary>
    internal readonly ReadOnlySequence<byte> Remaining => _reader.UnreadSequence;

    internal bool TryReadVarint(out long value)
    {
        value = 0;
        var near = _reader.UnreadSpan;
        if (near.Length >= EnvelopeFormat.LongestVarint)
        {
            // Nearly always: all of it is in this piece.
            for (var i = 0; i < EnvelopeFormat.LongestVarint; i++)
            {
                value |= (long)(near[i] & 0x7F) << (7 * i);
                if (near[i] <= 0x7F)
                {
                    _reader.Advance(i + 1);
                    return true;
                }
            }

            return false;
        }

        for (var shift = 0; shift < EnvelopeFormat.LongestVarint * 7; shift += 7)
        {
            if (!_reader.TryRead(out var part))
            {
                return false;
            }

            value |= (long)(part & 0x7F) << shift;
            if (part <= 0x7F)
            {
                return true;
            }
        }

        return false;
    }

    internal bool TryReadTags([NotNullWhen(true)] out EnvelopeTag[]? tags)
    {
        tags = null;
        if (!TryReadVarint(out var count) || count == 0 || count > _reader.Remaining / EnvelopeFormat.SmallestTag)
        {
            return false;
        }

        var read = new EnvelopeTag[count];
        Span<byte> fence = stackalloc byte[FenceToken.Size];
        for (var i = 0; i < read.Length; i++)
        {
            if (!TryReadText(out var tag) || tag.Length == 0 || !_reader.TryCopyTo(fence))
            {
                return false;
            }

            _reader.Advance(fence.Length);
            read[i] = new EnvelopeTag(tag, FenceToken.Read(fence));
        }

        tags = read;
        return true;
    }

    internal bool TryReadValidators([NotNullWhen(true)] out Validators? validators)
    {
        validators = null;
        if (!_reader.TryRead(out var which) || which is 0 or > (EnvelopeFormat.HasETag | EnvelopeFormat.HasLastModified))
        {
            return false;
        }

        string? tag = null;
        DateTimeOffset? modified = null;
        if (((which & EnvelopeFormat.HasETag) != 0 && !TryReadText(out tag))
            || ((which & EnvelopeFormat.HasLastModified) != 0 && !TryReadMoment(out modified)))
        {
            return false;
        }

        validators = new Validators(tag, modified);
        return true;
    }

    private bool TryReadMoment(out DateTimeOffset? moment)
    {
        moment = null;
        if (!_reader.TryReadBigEndian(out long utc) || !_reader.TryReadBigEndian(out short minutes)
            || minutes is < -14 * 60 or > 14 * 60 || !IsDate(utc))
        {
            return false;
        }

        var offset = TimeSpan.FromMinutes(minutes);
        if (!IsDate(utc + offset.Ticks))
        {
            return false;
        }

        moment = new DateTimeOffset(utc + offset.Ticks, offset);
        return true;
    }

    private bool TryReadText([NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryReadVarint(out var length) || length > _reader.Remaining || !_reader.TryReadExact((int)length, out var bytes))
        {
            return false;
        }

        var span = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        if (!Utf8.IsValid(span))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(span);
        return true;
    }

    private static bool IsDate(long ticks) => (ulong)ticks <= (ulong)DateTime.MaxValue.Ticks;
}
