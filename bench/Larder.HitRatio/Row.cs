namespace Larder.HitRatio;

/// <summary>The result at one capacity.</summary>
internal sealed record Row(long Capacity, Ratio Lru, Ratio Ours, Ratio Optimum);
