using System.Buffers;
using System.Text.Json;

namespace Larder.Sealing;

/// <summary>
/// A JSON writer that each thread uses again and again. It writes to this object, which hands on to the target of the moment, so that the writer kept for the
/// next time holds nobody's buffer.
/// </summary>
internal sealed class JsonWriting : IBufferWriter<byte>
{
    [ThreadStatic]
    private static JsonWriting? Spare;

    private IBufferWriter<byte>? _target;

    private JsonWriting(JsonSerializerOptions options) =>
        Json = new Utf8JsonWriter(this, new JsonWriterOptions { Encoder = options.Encoder, MaxDepth = options.MaxDepth });

    internal Utf8JsonWriter Json { get; }

    /// <summary>A writer for the target, by the options that change what is written; never indented. Give it back when it is flushed.</summary>
    internal static JsonWriting Take(IBufferWriter<byte> target, JsonSerializerOptions options)
    {
        // Taken out while it is in use: a converter may store another value with this very thread.
        var taken = Spare;
        Spare = null;
        if (taken is null || !taken.Fits(options))
        {
            taken = new JsonWriting(options);
        }

        taken._target = target;
        return taken;
    }

    /// <summary>Keeps the writer for the thread's next value, whatever became of this one.</summary>
    internal void GiveBack()
    {
        // What a failed value has left unwritten is thrown away here, before the target goes.
        Json.Reset();
        _target = null;
        Spare = this;
    }

    public void Advance(int count) => Target.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => Target.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Target.GetSpan(sizeHint);

    private IBufferWriter<byte> Target => _target ?? throw new InvalidOperationException("The value has been written already.");

    private bool Fits(JsonSerializerOptions options) =>
        ReferenceEquals(Json.Options.Encoder, options.Encoder) && Json.Options.MaxDepth == Depth(options.MaxDepth);

    // The writer turns "no limit of its own" into a number.
    private static int Depth(int given) => given == 0 ? 1_000 : given;
}
