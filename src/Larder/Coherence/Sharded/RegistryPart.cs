namespace Larder.Coherence;

/// <summary>What a registry has to do with the others of its cache.</summary>
/// <param name="Gate">What its lease has a share in.</param>
/// <param name="News">Who is told how its connection is.</param>
/// <param name="Ranges">How many registries there are, if nodes must agree on that; otherwise 0.</param>
/// <param name="Strays">Where keys are asked for that live elsewhere; null where there is no elsewhere.</param>
/// <param name="First">The connection to the first range, where the fence of the cache lives; null for this one.</param>
internal readonly record struct RegistryPart(GatePart Gate, ILineNews News, int Ranges = 0, Line? Strays = null, Line? First = null);
