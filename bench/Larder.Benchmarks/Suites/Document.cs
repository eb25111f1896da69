namespace Larder.Benchmarks.Suites;

/// <summary>Something of about 1 KiB of JSON, as applications keep it.</summary>
internal sealed class Document
{
    public int Id { get; set; }

    public string Name { get; set; } = "";

    public string Text { get; set; } = "";

    public decimal Price { get; set; }

    public DateTime ChangedAt { get; set; }

    internal static Document Of(string key) => new()
    {
        Id = key.Length,
        Name = key,
        Text = new string('x', 880),
        Price = 3.90m,
        ChangedAt = DateTime.UnixEpoch,
    };
}
