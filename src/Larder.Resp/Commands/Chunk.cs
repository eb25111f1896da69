namespace Larder.Resp.Commands;

/// <summary>A piece of a command of many keys.</summary>
/// <param name="Arguments">Its arguments.</param>
/// <param name="At">The number of its first key among all.</param>
/// <param name="Places">The numbers of all its keys, where they do not follow each other.</param>
internal sealed record Chunk(ReadOnlyMemory<RespArgument> Arguments, int At, int[]? Places)
{
    internal int PlaceOf(int index) => Places is null ? At + index : Places[index];
}
