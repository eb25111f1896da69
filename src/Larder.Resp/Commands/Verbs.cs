using Larder.Resp.Writing;

namespace Larder.Resp.Commands;

/// <summary>The commands that have a method of their own.</summary>
internal static class Verbs
{
    internal static readonly RespVerb Get = RespVerb.Of("GET");
    internal static readonly RespVerb GetEx = RespVerb.Of("GETEX");
    internal static readonly RespVerb GetDel = RespVerb.Of("GETDEL");
    internal static readonly RespVerb GetRange = RespVerb.Of("GETRANGE");
    internal static readonly RespVerb StrLen = RespVerb.Of("STRLEN");
    internal static readonly RespVerb Set = RespVerb.Of("SET");
    internal static readonly RespVerb MGet = RespVerb.Of("MGET");
    internal static readonly RespVerb MSet = RespVerb.Of("MSET");
    internal static readonly RespVerb IncrBy = RespVerb.Of("INCRBY");
    internal static readonly RespVerb IncrByFloat = RespVerb.Of("INCRBYFLOAT");
    internal static readonly RespVerb Unlink = RespVerb.Of("UNLINK");
    internal static readonly RespVerb Exists = RespVerb.Of("EXISTS");
    internal static readonly RespVerb Type = RespVerb.Of("TYPE");
    internal static readonly RespVerb PExpire = RespVerb.Of("PEXPIRE");
    internal static readonly RespVerb PExpireAt = RespVerb.Of("PEXPIREAT");
    internal static readonly RespVerb PExpireTime = RespVerb.Of("PEXPIRETIME");
    internal static readonly RespVerb Persist = RespVerb.Of("PERSIST");
    internal static readonly RespVerb PTtl = RespVerb.Of("PTTL");
    internal static readonly RespVerb Scan = RespVerb.Of("SCAN");
    internal static readonly RespVerb HGet = RespVerb.Of("HGET");
    internal static readonly RespVerb HMGet = RespVerb.Of("HMGET");
    internal static readonly RespVerb HGetAll = RespVerb.Of("HGETALL");
    internal static readonly RespVerb HSet = RespVerb.Of("HSET");
    internal static readonly RespVerb HDel = RespVerb.Of("HDEL");
    internal static readonly RespVerb HExists = RespVerb.Of("HEXISTS");
    internal static readonly RespVerb HLen = RespVerb.Of("HLEN");
    internal static readonly RespVerb HIncrBy = RespVerb.Of("HINCRBY");
    internal static readonly RespVerb ZAdd = RespVerb.Of("ZADD");
    internal static readonly RespVerb ZRem = RespVerb.Of("ZREM");
    internal static readonly RespVerb ZScore = RespVerb.Of("ZSCORE");
    internal static readonly RespVerb ZRank = RespVerb.Of("ZRANK");
    internal static readonly RespVerb ZCard = RespVerb.Of("ZCARD");
    internal static readonly RespVerb ZIncrBy = RespVerb.Of("ZINCRBY");
    internal static readonly RespVerb ZRange = RespVerb.Of("ZRANGE");
    internal static readonly RespVerb ZRangeByScore = RespVerb.Of("ZRANGEBYSCORE");
    internal static readonly RespVerb ZRemRangeByScore = RespVerb.Of("ZREMRANGEBYSCORE");
    internal static readonly RespVerb Publish = RespVerb.Of("PUBLISH");
    internal static readonly RespVerb SPublish = RespVerb.Of("SPUBLISH");
    internal static readonly RespVerb Ping = RespVerb.Of("PING");
    internal static readonly RespVerb Info = RespVerb.Of("INFO");
    internal static readonly RespVerb Wait = RespVerb.Of("WAIT");
    internal static readonly RespVerb ClientId = RespVerb.Of("CLIENT ID");
    internal static readonly RespVerb ClientInfo = RespVerb.Of("CLIENT INFO");
    internal static readonly RespVerb ClientTracking = RespVerb.Of("CLIENT TRACKING");
    internal static readonly RespVerb Eval = RespVerb.Of("EVAL");
    internal static readonly RespVerb EvalSha = RespVerb.Of("EVALSHA");
}
