namespace Larder.HitRatio;

/// <summary>How a trace file is written.</summary>
internal enum TraceFormat
{
    /// <summary>Text lines "start count ignored request": the keys start to start + count - 1.</summary>
    Arc,

    /// <summary>One number a line; lines that hold '*' are separators.</summary>
    Lirs,

    /// <summary>Text lines "key" or "key,size".</summary>
    Csv,

    /// <summary>Binary records of 24 bytes, little-endian: u32 time, u64 id, u32 size, i64 next request.</summary>
    Oracle,
}
