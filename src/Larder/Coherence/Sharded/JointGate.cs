using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// The gate of a cache whose leases come from several registries: it is open while all of them are valid, and closed as soon as one is in doubt. One registry is the simplest case of it.
/// </summary>
internal sealed class JointGate
{
    private readonly object _turning = new();
    private readonly CoherenceGate _gate;
    private readonly long[] _until;

    internal JointGate(CoherenceGate gate, int parts)
    {
        _gate = gate;
        _until = new long[parts];
        Array.Fill(_until, long.MinValue);
    }

    internal GatePart Part(int index) => new(this, index);

    internal void Open(int index, long until)
    {
        lock (_turning)
        {
            if (_until[index] < until)
            {
                _until[index] = until;
                _gate.OpenUntil(_until.Min());
            }
        }
    }

    internal void Close(int index)
    {
        lock (_turning)
        {
            _until[index] = long.MinValue;
            _gate.Close();
        }
    }
}
