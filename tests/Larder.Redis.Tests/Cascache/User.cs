namespace Larder.Redis.Tests.Cascache;

/// <summary>The type of the document's example, with the member names that its JSON has.</summary>
internal sealed record User(string ID, string Name);
