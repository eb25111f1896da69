using System.Buffers;
using Larder.Coherence;
using Larder.Ports;
using Larder.Testing;
using Larder.Tests.Coherence.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Tests.Coherence;

/// <summary>Where waiters go on when the link says it: at its word, on its thread, and never where an answer is told, a caller cancels or a connection is lost.</summary>
public sealed class ResumingLinkTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    private readonly ManualScheduler _scheduler = new(new FakeClock(), 1);
    private readonly ResumingLink _link = new();
    private readonly LinkedAuthority _tier;

    public ResumingLinkTests()
    {
        _tier = new LinkedAuthority(_link, new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual });
        _tier.Attach(new TierHost("resuming", new QuietListener(), _scheduler, NullLogger.Instance));
        _scheduler.RunQueued();

        // What a tier asks when it connects is none of this.
        _link.Sent.Clear();
    }

    [Fact]
    public async Task Get_Answered_GoesOnWhenItIsResumed()
    {
        var wentOn = false;
        var reading = ReadAsync(() => wentOn = true);
        var sent = Assert.Single(_link.Sent);

        sent.Caller.Answered(sent.Index, ResumingLink.Value(Bytes));
        _scheduler.RunQueued();
        Assert.False(wentOn);

        sent.Caller.Resume(sent.Index);
        Assert.True(wentOn);
        Assert.Equal(Bytes, await reading);
    }

    [Fact]
    public async Task Get_ResumedTwice_GoesOnOnce()
    {
        var times = 0;
        var reading = ReadAsync(() => times++);
        var sent = Assert.Single(_link.Sent);

        sent.Caller.Answered(sent.Index, ResumingLink.Value(Bytes));
        sent.Caller.Resume(sent.Index);
        sent.Caller.Resume(sent.Index);

        Assert.Equal(1, times);
        Assert.Equal(Bytes, await reading);
    }

    [Fact]
    public async Task Get_AnsweredWhileItIsSent_IsThereAtOnce()
    {
        _link.AtOnce = ResumingLink.Value(Bytes);

        var reading = ReadAsync(static () => { });

        Assert.True(reading.IsCompletedSuccessfully);
        Assert.Equal(Bytes, await reading);
        var sent = Assert.Single(_link.Sent);
        sent.Caller.Resume(sent.Index);
    }

    [Fact]
    public async Task Get_Cancelled_GoesOnElsewhereAndTheAnswerComesToNobody()
    {
        using var cancelling = new CancellationTokenSource();
        var wentOn = false;
        var reading = ReadAsync(() => wentOn = true, cancelling.Token);
        var sent = Assert.Single(_link.Sent);

        await cancelling.CancelAsync();
        Assert.False(wentOn);
        sent.Caller.Answered(sent.Index, ResumingLink.Value(Bytes));
        sent.Caller.Resume(sent.Index);
        Assert.False(wentOn);

        _scheduler.RunQueued();
        Assert.True(wentOn);
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(cancelling.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task Get_CancelledAfterTheAnswer_HasTheAnswer()
    {
        using var cancelling = new CancellationTokenSource();
        var reading = ReadAsync(static () => { }, cancelling.Token);
        var sent = Assert.Single(_link.Sent);

        sent.Caller.Answered(sent.Index, ResumingLink.Value(Bytes));
        await cancelling.CancelAsync();
        sent.Caller.Resume(sent.Index);

        Assert.Equal(Bytes, await reading);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_Failed_GoesOnElsewhereOnce(bool isResumed)
    {
        var times = 0;
        var reading = ReadAsync(() => times++);
        var sent = Assert.Single(_link.Sent);

        sent.Caller.Failed(sent.Index, new InvalidOperationException());
        Assert.Equal(0, times);
        if (isResumed)
        {
            sent.Caller.Resume(sent.Index);
        }

        _scheduler.RunQueued();
        Assert.Equal(1, times);
        Assert.Null(await reading);
    }

    [Fact]
    public async Task Get_CancelledAndAnsweredAtTheSameTime_EndsOnce()
    {
        for (var round = 0; round < 500; round++)
        {
            using var cancelling = new CancellationTokenSource();
            var reading = _tier.GetAsync("key", observation: null, cancelling.Token).AsTask();
            var sent = _link.Sent[^1];
            using var start = new Barrier(2);
            var answering = Task.Run(() =>
            {
                start.SignalAndWait();
                sent.Caller.Answered(sent.Index, ResumingLink.Value(Bytes));
                sent.Caller.Resume(sent.Index);
            });
            start.SignalAndWait();
            await cancelling.CancelAsync();
            await answering;
            _scheduler.RunQueued();

            await reading.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(20));
            if (reading.IsCompletedSuccessfully)
            {
                using var read = await reading;
                Assert.Equal(Bytes, read.Body.ToArray());
            }
            else
            {
                Assert.True(reading.IsCanceled);
            }
        }
    }

    private async Task<byte[]?> ReadAsync(Action wentOn, CancellationToken cancellationToken = default)
    {
        try
        {
            using var reading = await _tier.GetAsync("key", observation: null, cancellationToken).ConfigureAwait(false);
            return reading.HasValue ? reading.Body.ToArray() : null;
        }
        finally
        {
            wentOn();
        }
    }
}
