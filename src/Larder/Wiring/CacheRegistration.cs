using Larder.Entrance;
using Larder.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.Wiring;

/// <summary>What the registration of every cache shares.</summary>
internal static class CacheRegistration
{
    internal static void Configure(IServiceCollection services, string name, Action<CacheOptions>? configure)
    {
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CacheOptions>, CacheOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(name, configure);
        }
    }

    internal static Cache Make(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get(name);
        var timeProvider = options.TimeProvider ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
        return CacheComposer.Compose(
            name,
            options,
            new SystemScheduler(timeProvider),
            options.LoggerFactory ?? services.GetService<ILoggerFactory>(),
            services.GetRequiredService<IServiceScopeFactory>());
    }
}
