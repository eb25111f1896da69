using Microsoft.Extensions.DependencyInjection;

namespace Larder.Redis.Wiring;

/// <summary>The caches that an application has. Looked up when the first one is made, because caches may be added in any order.</summary>
/// <param name="services">What the caches are added to.</param>
internal sealed class RegisteredCaches(IServiceCollection services)
{
    private const string DefaultName = "default";

    /// <summary>What is wrong with naming this cache; null when it is there.</summary>
    internal string? Problem(string name)
    {
        var caches = services.Where(static service => service.ServiceType == typeof(ICache)).ToArray();
        if (Array.Exists(caches, cache => NameOf(cache) is not { } added || added == name))
        {
            return null;
        }

        var names = caches.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(static added => $"\"{added}\"");
        return $"UseRedis(\"{name}\", ...) names a cache that is not there; there is {string.Join(", ", names)}. Mend the name, or add the cache with AddCache(\"{name}\").";
    }

    // Null for a registration that answers to any name, or to something that is no name.
    private static string? NameOf(ServiceDescriptor cache) => cache.IsKeyedService ? cache.ServiceKey as string : DefaultName;
}
