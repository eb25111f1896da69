using System.Runtime.CompilerServices;

namespace Larder.Memory.Storage;

/// <summary>
/// An array that grows in pieces: growing copies nothing but the directory, and what holds no references is
/// invisible to the garbage collector. Not safe for several threads.
/// </summary>
internal struct Chunks<T>
    where T : struct
{
    private const int Shift = 8;
    private const int ChunkLength = 1 << Shift;
    private const int Mask = ChunkLength - 1;

    private T[][] _chunks;
    private int _used;

    public Chunks() => _chunks = [];

    /// <summary>How many elements have room.</summary>
    internal readonly int Length => _used << Shift;

    internal readonly long Bytes => ((long)Length * Unsafe.SizeOf<T>()) + ((long)_chunks.Length * IntPtr.Size);

    internal readonly ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[index >> Shift][index & Mask];
    }

    /// <summary>Makes room for the given index.</summary>
    internal void Reach(int index)
    {
        while (index >= Length)
        {
            if (_used == _chunks.Length)
            {
                Array.Resize(ref _chunks, Math.Max(4, _used * 2));
            }

            _chunks[_used++] = new T[ChunkLength];
        }
    }
}
