using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>
/// Reads a bulk. It answers only if it has every key that was asked for, each of its current generation; other members are passed by, and of two members of one
/// key the last counts, as cascache has it.
/// </summary>
internal sealed class BulkReads<T>(CascacheCommands commands, KeyNames names, CascacheCodec<T> codec, CascacheCounters counters, CascacheOptions options)
{
    /// <summary>Adds the values of all keys; false when there is no bulk that may answer, and nothing was added.</summary>
    internal async ValueTask<bool> TryReadAsync(SortedKeys keys, Dictionary<string, CascacheResult<T>> found, CancellationToken cancellationToken)
    {
        var name = names.Bulk(keys);
        var asked = Ask(name, keys, cancellationToken);
        var frame = await asked.Frame.ConfigureAwait(false);
        var generations = await AllAsync(asked.Generations).ConfigureAwait(false);
        var singles = await AllAsync(asked.Singles).ConfigureAwait(false);
        if (frame.Value is not { } bytes)
        {
            return false;
        }

        var members = new BulkMember?[keys.Count];
        var values = new CascacheResult<T>[keys.Count];
        var reason = Find(bytes, keys, members);
        for (var i = 0; reason == CascacheReason.None && i < values.Length; i++)
        {
            reason = Judge(bytes, members[i], generations[i], out values[i]);
        }

        counters.BulkSeen(reason);
        if (reason != CascacheReason.None)
        {
            await HealAsync(name, bytes, reason, cancellationToken).ConfigureAwait(false);
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            counters.LookedUp(CascacheReason.None);
            found[keys.Texts[i]] = values[i];
        }

        await WarmAsync(keys, bytes, members, singles, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private Questions Ask(string name, SortedKeys keys, CancellationToken cancellationToken)
    {
        var generations = new ValueTask<Reply<GenerationReading>>[keys.Count];
        var singles = new ValueTask<Reply<byte[]?>>[keys.Count];
        using (RespClient.Gather())
        {
            // The generations are read behind the bulk, so that none is older than what it is compared with.
            var frame = commands.GetAsync(name, cancellationToken);
            for (var i = 0; i < keys.Count; i++)
            {
                generations[i] = commands.GetGenerationAsync(names.Generation(keys.Texts[i]), cancellationToken);
                singles[i] = commands.GetBeginningAsync(names.Single(keys.Texts[i]), SingleFrame.GenerationEnd, cancellationToken);
            }

            return new Questions(frame, generations, singles);
        }
    }

    private CascacheReason Find(byte[] frame, SortedKeys keys, BulkMember?[] members)
    {
        if (frame.Length > options.MaximumBulkBytes)
        {
            return CascacheReason.TooLarge;
        }

        var reader = new BulkReader(frame);
        while (reader.TryRead(out var member))
        {
            var place = keys.Find(frame.AsSpan(member.Key));
            if (place >= 0)
            {
                members[place] = member;
            }
        }

        if (reader.Fault == FrameFault.None)
        {
            return CascacheReason.None;
        }

        counters.Refuse(reader.Fault);
        return CascacheReason.Corrupt;
    }

    private CascacheReason Judge(byte[] frame, BulkMember? member, Reply<GenerationReading> generation, out CascacheResult<T> value)
    {
        value = default;
        if (member is not { } there)
        {
            return CascacheReason.MemberMissing;
        }

        if (!generation.IsAnswered || !generation.Value.IsReadable)
        {
            return generation.IsAnswered ? CascacheReason.GenerationUnreadable : CascacheReason.Unavailable;
        }

        if (there.Generation != generation.Value.Value)
        {
            return CascacheReason.GenerationMoved;
        }

        value = codec.Decode(frame.AsMemory(there.Payload));
        return value.Reason;
    }

    private ValueTask HealAsync(string name, byte[] frame, CascacheReason reason, CancellationToken cancellationToken) =>
        CascacheCodec<T>.Heals(reason) ? commands.HealAsync(name, frame, cancellationToken) : default;

    // Only singles that are not there, or of another generation, are stored: a bulk that is read often writes nothing, and prolongs nobody's life.
    private async ValueTask WarmAsync(SortedKeys keys, byte[] frame, BulkMember?[] members, Reply<byte[]?>[] singles, CancellationToken cancellationToken)
    {
        var stores = new List<ValueTask<Reply<bool>>>();
        using (RespClient.Gather())
        {
            for (var i = 0; i < members.Length; i++)
            {
                var member = members[i]!.Value;
                var payload = frame.AsSpan(member.Payload);
                var single = new byte[SingleFrame.HeaderLength + payload.Length];
                SingleFrame.WriteHeader(single, member.Generation, payload.Length);
                if (!singles[i].IsAnswered || single.AsSpan(0, SingleFrame.GenerationEnd).SequenceEqual(singles[i].Value))
                {
                    continue;
                }

                payload.CopyTo(single.AsSpan(SingleFrame.HeaderLength));
                var (generation, name) = (names.Generation(keys.Texts[i]), names.Single(keys.Texts[i]));
                stores.Add(commands.CanShareScript(generation, name)
                    ? commands.StoreAsync(generation, name, member.Generation, single, options.ValueLifetime, cancellationToken)
                    : commands.SetAsync(name, single, options.ValueLifetime, cancellationToken));
            }
        }

        await AllAsync(stores).ConfigureAwait(false);
    }

    private static async ValueTask<TReply[]> AllAsync<TReply>(IReadOnlyList<ValueTask<TReply>> asked)
    {
        var replies = new TReply[asked.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = await asked[i].ConfigureAwait(false);
        }

        return replies;
    }

    private sealed record Questions(ValueTask<Reply<byte[]?>> Frame, ValueTask<Reply<GenerationReading>>[] Generations, ValueTask<Reply<byte[]?>>[] Singles);
}
