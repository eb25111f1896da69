namespace Larder.Redis.Locks;

/// <summary>
/// What Redis is asked for locks, as scripts, which are sent as texts. KEYS[1] is the lock: the owner's 16 bytes, and behind them the number in digits. All may be repeated for the same owner.
/// </summary>
internal static class LockScripts
{
    /// <summary>
    /// KEYS[2]: the last number. ARGV: owner, milliseconds, milliseconds that the last number is kept. Answers the number; null when somebody else has the lock. The number is the last one and one more, but not less than the server's
    /// microseconds, so that it goes on growing when the last one is lost.
    /// </summary>
    internal const string Take =
        """
        local held = redis.call('GET', KEYS[1])
        if held then
          if held:sub(1, 16) ~= ARGV[1] then return false end
          return held:sub(17)
        end
        local time = redis.call('TIME')
        local last = tonumber(redis.call('GET', KEYS[2])) or 0
        local number = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
        redis.call('SET', KEYS[2], number, 'PX', ARGV[3])
        redis.call('SET', KEYS[1], ARGV[1] .. number, 'NX', 'PX', ARGV[2])
        return number
        """;

    /// <summary>ARGV: owner, milliseconds. Answers 1 when it is prolonged, 0 when the owner does not have it.</summary>
    internal const string Prolong =
        """
        if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """;

    /// <summary>ARGV: owner.</summary>
    internal const string Release =
        """
        if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
        return redis.call('UNLINK', KEYS[1])
        """;
}
