namespace Larder.Tiers;

/// <summary>Tells whether a tier's answer is a failure, and why.</summary>
internal delegate bool TierFailureTest<in TResult>(TResult result, out Exception? failure);
