using Larder.Redis.Options;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Wiring;

/// <summary>Checks the settings of a cache's Redis when dependency injection first makes the cache.</summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var problems = RedisOptionsRules.Problems(options);
        return problems.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(problem => $"Larder:{name}: {problem}"));
    }
}
