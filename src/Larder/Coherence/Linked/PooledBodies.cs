using System.Buffers;

namespace Larder.Coherence;

/// <summary>
/// The bodies of several answers, packed into few pieces of borrowed memory, which go back when the last body is not needed any more. Copying is for the reader alone, one body after the
/// other; bodies may be given back on any thread, each exactly once.
/// </summary>
/// <param name="count">How many bodies there will be at most, to borrow about as much as they need.</param>
internal sealed class PooledBodies(int count)
{
    // Small enough not to be a large object.
    private const int LargestPiece = 64 * 1024;

    private readonly List<byte[]> _pieces = [];
    private int _left = count;
    private int _used;

    // One more than the bodies that are needed, until all of them are there.
    private int _needed = 1;

    internal ReadOnlySequence<byte> Copy(in ReadOnlySequence<byte> body)
    {
        var length = checked((int)body.Length);
        if (_pieces.Count == 0 || _pieces[^1].Length - _used < length)
        {
            // As much as the rest needs if it is like this one; of a large body its own size.
            var wanted = Math.Min((long)length * Math.Max(1, _left), LargestPiece);
            _pieces.Add(ArrayPool<byte>.Shared.Rent((int)Math.Max(length, wanted)));
            _used = 0;
        }

        var piece = _pieces[^1];
        body.CopyTo(piece.AsSpan(_used));
        var copy = new ReadOnlySequence<byte>(piece, _used, length);
        _used += length;
        _left--;
        Interlocked.Increment(ref _needed);
        return copy;
    }

    /// <summary>No more bodies come.</summary>
    internal void Complete() => Release();

    /// <summary>One body is not needed any more.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _needed) != 0)
        {
            return;
        }

        foreach (var piece in _pieces)
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
