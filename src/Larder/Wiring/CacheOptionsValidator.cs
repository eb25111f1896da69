using Microsoft.Extensions.Options;

namespace Larder.Wiring;

/// <summary>Checks the settings of a named cache when dependency injection first makes it.</summary>
internal sealed class CacheOptionsValidator : IValidateOptions<CacheOptions>
{
    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var problems = CacheOptionsRules.Problems(name ?? LarderCache.DefaultName, options);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
