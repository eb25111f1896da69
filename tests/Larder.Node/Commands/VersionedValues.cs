using System.Text.Json;

namespace Larder.Node.Commands;

/// <summary>The values of one type.</summary>
internal sealed class VersionedValues<T>(ICache cache) : IVersionedValues
{
    public async Task<string> LoadAsync(string key, string json) =>
        Text(await cache.ResolveAsync(key, json, static (text, _) => ValueTask.FromResult(JsonSerializer.Deserialize<T>(text)!)));

    public async Task<string> GetAsync(string key) => Text(await cache.GetAsync<T>(key));

    public string Try(string key) => cache.TryGet<T>(key, out var value) ? JsonSerializer.Serialize(value) : "none";

    public async Task<string> SetAsync(string key, string json)
    {
        await cache.SetAsync(key, JsonSerializer.Deserialize<T>(json)!);
        return "done";
    }

    private static string Text(CacheResult<T> result) => $"{result.Status} {(result.TryGetValue(out var value) ? JsonSerializer.Serialize(value) : "none")}";
}
