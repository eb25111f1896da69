using Larder;
using Larder.Entrance;
using Larder.Wiring;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Larder to a service collection.</summary>
public static class LarderServiceCollectionExtensions
{
    /// <summary>
    /// Adds the default cache as a singleton <see cref="ICache"/>, and <see cref="ICache{T}"/> over it for every type.
    /// The container disposes it.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the default cache's settings; null for the defaults.</param>
    /// <returns>A builder for named and typed caches.</returns>
    /// <remarks>
    /// Settings are checked when the cache is first resolved, all at once, with an
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. Calling this again changes the settings further.
    /// </remarks>
    /// <example><code>
    /// services.AddLarder(o => o.Defaults.FreshFor = TimeSpan.FromMinutes(5))
    ///         .AddCache("products", o => o.MemoryLimit = MemoryLimit.Entries(10_000));
    /// </code></example>
    public static LarderBuilder AddLarder(this IServiceCollection services, Action<CacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        CacheRegistration.Configure(services, LarderCache.DefaultName, configure);
        services.TryAddSingleton<ICache>(static provider => CacheRegistration.Make(provider, LarderCache.DefaultName));
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ICache<>), typeof(TypedCache<>)));
        return new LarderBuilder(services);
    }
}
