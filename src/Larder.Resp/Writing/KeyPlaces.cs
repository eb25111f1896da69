using System.Collections.Frozen;

namespace Larder.Resp.Writing;

/// <summary>Where the keys of the commands stand whose first argument is not their only key; by the command table of Redis 7.</summary>
internal static class KeyPlaces
{
    private static readonly FrozenDictionary<string, KeyPlace> Known = Make();

    internal static KeyPlace Of(string name)
    {
        if (Known.TryGetValue(name, out var place))
        {
            return place;
        }

        // CLIENT LIST, CONFIG GET: the first word decides where the whole name is not known.
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && Known.TryGetValue(name[..space], out place) && place == KeyPlace.None ? place : KeyPlace.First;
    }

    private static FrozenDictionary<string, KeyPlace> Make()
    {
        var places = new Dictionary<string, KeyPlace>(StringComparer.OrdinalIgnoreCase);
        Add(KeyPlace.None,
            "PING ECHO INFO TIME ROLE HELLO AUTH SELECT ASKING READONLY READWRITE QUIT RESET CLUSTER CLIENT CONFIG SCRIPT FUNCTION COMMAND ACL MODULE LATENCY SLOWLOG"
            + " PUBLISH SUBSCRIBE PSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE PUBSUB WAIT WAITAOF MULTI EXEC DISCARD UNWATCH SCAN KEYS RANDOMKEY DBSIZE FLUSHDB FLUSHALL SWAPDB"
            + " SAVE BGSAVE BGREWRITEAOF LASTSAVE SHUTDOWN REPLICAOF FAILOVER DEBUG MONITOR SENTINEL MIGRATE LOLWUT SYNC PSYNC");
        Add(KeyPlace.All, "MGET DEL UNLINK EXISTS TOUCH WATCH SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE PFCOUNT PFMERGE SSUBSCRIBE SUNSUBSCRIBE");
        Add(KeyPlace.EverySecond, "MSET MSETNX");
        Add(KeyPlace.FirstTwo, "RENAME RENAMENX COPY SMOVE LMOVE BLMOVE RPOPLPUSH BRPOPLPUSH ZRANGESTORE GEOSEARCHSTORE LCS");
        Add(KeyPlace.FromSecond, "BITOP");
        Add(KeyPlace.Second, "OBJECT MEMORY XGROUP XINFO");
        Add(KeyPlace.AfterSecondCount, "EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO BLMPOP BZMPOP");
        Add(KeyPlace.AfterFirstCount, "LMPOP ZMPOP ZUNION ZINTER ZDIFF ZINTERCARD SINTERCARD");
        Add(KeyPlace.FirstAndAfterSecondCount, "ZUNIONSTORE ZINTERSTORE ZDIFFSTORE");
        Add(KeyPlace.Streams, "XREAD XREADGROUP");
        return places.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void Add(KeyPlace place, string names)
        {
            foreach (var name in names.Split(' '))
            {
                places.Add(name, place);
            }
        }
    }
}
