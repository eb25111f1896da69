namespace Larder.Ports;

/// <summary>Which fence of a cache is meant: that of one tag, the one that moves with any tag, the cache's own, or the bell of its registry.</summary>
/// <remarks>The default value means the cache's own fence.</remarks>
public readonly struct FenceName : IEquatable<FenceName>
{
    private readonly FenceKind _kind;

    private FenceName(FenceKind kind, string? tag)
    {
        _kind = kind;
        Tag = tag;
    }

    /// <summary>The fence of the whole cache; a Clear moves it.</summary>
    public static FenceName Cache => default;

    /// <summary>The fence that every removal of a tag moves before it moves the tag's own.</summary>
    public static FenceName AnyTag => new(FenceKind.AnyTag, null);

    /// <summary>
    /// The bell of the registry: a node that waits for the others moves it, and they renew at once. Nothing is stored under it; it belongs to the coherence of
    /// <see cref="IAuthorityLink"/>, and a cache neither reads nor moves it.
    /// </summary>
    public static FenceName Registry => new(FenceKind.Registry, null);

    /// <summary>Which kind of fence this is.</summary>
    public FenceKind Kind => _kind;

    /// <summary>The tag, for the fence of a tag; null otherwise.</summary>
    public string? Tag { get; }

    /// <summary>The fence of one tag.</summary>
    /// <param name="tag">The tag.</param>
    /// <returns>The name.</returns>
    public static FenceName OfTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return new FenceName(FenceKind.Tag, tag);
    }

    /// <inheritdoc/>
    public bool Equals(FenceName other) => _kind == other._kind && Tag == other.Tag;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FenceName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_kind, Tag);

    /// <summary>The kind of the fence; tags are left out, as keys are.</summary>
    public override string ToString() => _kind.ToString();

    /// <summary>True when both name the same fence.</summary>
    public static bool operator ==(FenceName left, FenceName right) => left.Equals(right);

    /// <summary>True when they name different fences.</summary>
    public static bool operator !=(FenceName left, FenceName right) => !left.Equals(right);
}
