/* bypass.pml - callers of a node without a live lease (step BYPASS of the protocol, with its herd guard). The node hears nothing: no announcement
   reaches it, and writers elsewhere do not wait for it. Callers and flights take numbers from one counter, a caller when it comes, a flight when it
   starts; a caller joins a flight with a larger number than its own, waits for the end of one with a smaller, and leads where there is none.
   Checked: nobody gets a value older than the last one whose change had completed when he came; at most one flight runs at a time, and
   a caller waits for at most one flight of others before his own.
   W_JOINANY: a caller joins whatever runs.  W_LATENUMBER: a flight takes its number when its load has begun to read, not before.        */
#define C 3
#ifndef MAXDB
#define MAXDB 2
#endif
#define MAXNO 12
byte db, floor, no, running, fno, fval; bool fread;
byte st[C], mine[C], cfl[C], waited[C];     /* 0 away, 1 came, 2 joined */
bool saw[C];                                 /* found a flight that had begun before it came, and waits for its end */
inline done() { k=0; do :: k<C -> if :: st[k]==2 -> assert(fval>=cfl[k]); st[k]=0; waited[k]=0 :: st[k]==1 && saw[k] -> saw[k]=0; waited[k]++; assert(waited[k]<=1) :: else fi; k++ :: else -> break od;
   k=0; running=0; fno=0; fval=0; fread=0 }
proctype Caller(byte i) {
  do
  :: atomic { st[i]==0 && no<MAXNO -> no++; mine[i]=no; cfl[i]=floor; st[i]=1 }
  :: atomic { st[i]==1 && running==1 ->
#ifdef W_JOINANY
       st[i]=2
#else
       if :: fno>mine[i] -> st[i]=2 :: else -> saw[i]=1 fi
#endif
     }
  :: atomic { st[i]==1 && running==0 && no<MAXNO ->
#ifdef W_LATENUMBER
       running=1; fval=db; fread=1; fno=255; st[i]=2
#else
       no++; fno=no; running=1; st[i]=2
#endif
     }
  od }
proctype Flight() { byte k;
  do
  :: atomic { running==1 && !fread -> fval=db; fread=1 }          /* the store or the source, read at any moment after the start */
  :: atomic { running==1 && fread && fno!=255 -> done() }
#ifdef W_LATENUMBER
  :: atomic { running==1 && fno==255 && no<MAXNO -> no++; fno=no }
#endif
  od }
proctype Writer() { do :: db<MAXDB -> db++; floor=db :: else -> break od }
init { atomic { run Caller(0); run Caller(1); run Caller(2); run Flight(); run Writer() } }
