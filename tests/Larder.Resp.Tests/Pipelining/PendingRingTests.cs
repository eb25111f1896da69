using Larder.Resp.Pipelining;
using Larder.Resp.Reading;

namespace Larder.Resp.Tests.Pipelining;

public sealed class PendingRingTests
{
    [Fact]
    public void Add_BeyondTheFirstArray_KeepsOrderUpToTheLimit()
    {
        var ring = new PendingRing(1024);
        var queue = new Queue<Pending>();
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            if (!ring.IsFull && random.Next(5) > 1)
            {
                var pending = Pending<RespValue>.Rent(Replies.Value);
                queue.Enqueue(pending);
                ring.Add(pending);
            }
            else if (queue.TryDequeue(out var oldest))
            {
                Assert.Same(oldest, ring.Peek());
                ring.Remove();
            }

            Assert.Equal(queue.Count, ring.Count);
        }

        Assert.Equal(1024, ring.Limit);
    }

    [Fact]
    public async Task Remove_WhileTheOtherSideAddsAndGrows_TakesEachOnceAndInOrder()
    {
        const int Count = 200_000;
        var ring = new PendingRing(16_384);
        var all = Enumerable.Range(0, Count).Select(static _ => Pending<RespValue>.Rent(Replies.Value)).ToArray();
        var adding = Task.Run(() =>
        {
            var wait = default(SpinWait);
            foreach (var pending in all)
            {
                while (ring.IsFull)
                {
                    wait.SpinOnce();
                }

                ring.Add(pending);
            }
        });
        var taking = Task.Run(() =>
        {
            var wait = default(SpinWait);
            for (var i = 0; i < Count;)
            {
                if (ring.Peek() is not { } oldest)
                {
                    wait.SpinOnce();
                    continue;
                }

                Assert.Same(all[i++], oldest);
                ring.Remove();
            }
        });
        await Larder.Servers.Patience.Await(Task.WhenAll(adding, taking), () => "both sides of the ring");
    }
}
