using System.Numerics;

namespace Larder.Memory.Policy;

/// <summary>
/// The entries that one part has given up lately, in a hash table without chains: a ghost whose place is taken by
/// another is forgotten.
/// </summary>
internal sealed class GhostList
{
    private const int FirstLength = 64;
    private const int MostLength = 1 << 24;
    private const int RoomPerGhost = 2;

    private Ghost[] _ghosts = new Ghost[FirstLength];
    private uint _lost;

    internal long Bytes => _ghosts.Length * 8L;

    internal void Add(int hash)
    {
        // The number 0 means none; after four billion losses one ghost goes unnoticed.
        ref var ghost = ref Place(hash);
        ghost.Hash = hash;
        ghost.Number = ++_lost;
    }

    /// <summary>True when this was among the so many that were lost last; it is forgotten then.</summary>
    internal bool Take(int hash, int reach)
    {
        ref var ghost = ref Place(hash);
        if (ghost.Number == 0 || ghost.Hash != hash)
        {
            return false;
        }

        var age = _lost - ghost.Number;
        ghost.Number = 0;
        return age < (uint)reach;
    }

    /// <summary>Makes room for so many ghosts. What is remembered is lost when the room grows, which only delays the next move.</summary>
    internal void Reach(int reach)
    {
        if (reach > _ghosts.Length && _ghosts.Length < MostLength)
        {
            _ghosts = new Ghost[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Min((long)reach * RoomPerGhost, MostLength))];
        }
    }

    private ref Ghost Place(int hash) => ref _ghosts[(hash ^ (hash >>> 16)) & (_ghosts.Length - 1)];
}
