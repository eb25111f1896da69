namespace Larder.Flows;

/// <summary>One key of a call for many.</summary>
/// <param name="Given">The key as the caller gave it, and as the loader and the answer name it.</param>
/// <param name="Whole">The same with the prefix of the view.</param>
internal readonly record struct BulkKey(string Given, string Whole);
