namespace Larder.Node.Commands;

/// <summary>Reads and writes values of the type that this node was told to have; values are JSON without spaces.</summary>
internal interface IVersionedValues
{
    /// <summary>Reads, and lets the source answer a value; how it was answered, and the value.</summary>
    Task<string> LoadAsync(string key, string json);

    /// <summary>Reads, and asks no source; how it was answered, and the value or "none".</summary>
    Task<string> GetAsync(string key);

    /// <summary>What memory alone answers.</summary>
    string Try(string key);

    /// <summary>Writes.</summary>
    Task<string> SetAsync(string key, string json);

    /// <summary>The values of a type.</summary>
    static IVersionedValues Of(ICache cache, string type) =>
        (IVersionedValues)Activator.CreateInstance(typeof(VersionedValues<>).MakeGenericType(ValueVersion.Make(type)), cache)!;
}
