using Larder.Wiring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Larder;

/// <summary>Adds caches to a service collection; returned by <c>AddLarder</c>.</summary>
public sealed class LarderBuilder
{
    internal LarderBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that the caches are added to.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a named cache with settings and entries of its own, resolved as <c>[FromKeyedServices(name)] ICache</c>.
    /// Adding a name again changes its settings further.
    /// </summary>
    /// <param name="name">The name: letters, digits, '-', '_', '.'.</param>
    /// <param name="configure">Changes the settings; null for the defaults.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is not acceptable.</exception>
    public LarderBuilder AddCache(string name, Action<CacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Keys.KeyRules.NameProblem(name) is { } problem)
        {
            throw new ArgumentException($"The cache name \"{name}\" {problem}.", nameof(name));
        }

        CacheRegistration.Configure(Services, name, configure);
        if (name == LarderCache.DefaultName)
        {
            // The default cache has this name: the key is one more way to it, not a second cache.
            Services.TryAddSingleton<ICache>(static services => CacheRegistration.Make(services, LarderCache.DefaultName));
            Services.TryAddKeyedSingleton(name, static (services, _) => services.GetRequiredService<ICache>());
            return this;
        }

        Services.TryAddKeyedSingleton<ICache>(name, static (services, key) => CacheRegistration.Make(services, (string)key!));
        return this;
    }

    /// <summary>
    /// Adds an <see cref="ICache{T}"/> with a prefix and defaults of its own. Without this an <see cref="ICache{T}"/>
    /// is still resolved, over the default cache, with the name of the type as prefix.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="keyPrefix">What its keys begin with; null for the name of the type with its namespace and a colon.</param>
    /// <param name="defaults">Options that win over the cache's; null for none.</param>
    /// <param name="cacheName">The named cache that it is a view of; null for the default one.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The prefix or an option is not acceptable.</exception>
    public LarderBuilder AddTypedCache<T>(string? keyPrefix = null, EntryOptions? defaults = null, string? cacheName = null)
    {
        defaults?.Check(nameof(defaults));
        if (!string.IsNullOrEmpty(keyPrefix))
        {
            Keys.KeyRules.Check(keyPrefix, int.MaxValue);
        }

        Services.AddSingleton(services =>
        {
            var cache = cacheName is null
                ? services.GetRequiredService<ICache>()
                : services.GetRequiredKeyedService<ICache>(cacheName);
            return cache.For<T>(keyPrefix, defaults);
        });
        return this;
    }
}
