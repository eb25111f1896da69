using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>
/// The scripts. All of them may be repeated: a removal that is made twice raises the generation twice, which is as good, and the others compare anew. A
/// generation is compared as the text that INCR writes; where there is none it is 0.
/// </summary>
internal static class CascacheScripts
{
    /// <summary>Keys: generation, single. Arguments: observed generation, frame, milliseconds. 1 when stored.</summary>
    internal static readonly RespScript Store = new(
        """
        if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
        return 1
        """,
        RespFlags.Repeatable);

    /// <summary>
    /// Keys: bulk, then generation and single of each member. Arguments: frame of the bulk, its milliseconds, those of singles, then the observed generation and
    /// the frame of each member. An empty frame is not stored. The outcomes: of the bulk, then of the members; the bulk is stored if no member has changed.
    /// </summary>
    internal static readonly RespScript StoreMany = new(
        """
        local out = {0}
        local whole = #ARGV[1] > 0
        for i = 1, (#KEYS - 1) / 2 do
          local frame = ARGV[3 + 2 * i]
          if (redis.call('GET', KEYS[2 * i]) or '0') ~= ARGV[2 + 2 * i] then
            whole = false
            out[1 + i] = 0
          else
            if #frame > 0 then redis.call('SET', KEYS[1 + 2 * i], frame, 'PX', ARGV[3]) end
            out[1 + i] = 1
          end
        end
        if whole then
          redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
          out[1] = 1
        end
        return out
        """,
        RespFlags.Repeatable);

    /// <summary>Keys: generation, single. Arguments: retention in milliseconds, 0 for ever.</summary>
    internal static readonly RespScript Remove = new(
        """
        redis.call('INCR', KEYS[1])
        if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        redis.call('UNLINK', KEYS[2])
        return 1
        """,
        RespFlags.Repeatable);

    /// <summary>The first half of a removal, where the second lies in another slot. Keys: generation. Arguments: retention in milliseconds, 0 for ever.</summary>
    internal static readonly RespScript Raise = new(
        """
        redis.call('INCR', KEYS[1])
        if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return 1
        """,
        RespFlags.Repeatable);

    /// <summary>
    /// Deletes a frame that was refused, unless another one has come in its place: length and beginning are compared. Keys: single or bulk. Arguments:
    /// length, beginning.
    /// </summary>
    internal static readonly RespScript Heal = new(
        """
        if redis.call('STRLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
        if redis.call('GETRANGE', KEYS[1], 0, #ARGV[2] - 1) ~= ARGV[2] then return 0 end
        return redis.call('UNLINK', KEYS[1])
        """,
        RespFlags.Repeatable);
}
