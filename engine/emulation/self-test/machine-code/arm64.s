// System call: number in x8, arguments in x0 to x5, result in x0.

.section look, "ax"
    mov x0, 1
    mov x1, sp
    mov x2, LOOK_STACK
    mov x8, 64              // write
    svc 0
    mov x0, 1
    ldr x1, [sp, 8]
    mov x2, LOOK_NAME
    mov x8, 64
    svc 0
    mov x0, 0
    mov x8, 93              // exit
    svc 0

.section crash, "ax"
    mov x0, 0
    ldr x0, [x0]
    mov x0, 0
    mov x8, 93
    svc 0

.section calls, "ax"
    movz x19, #(TABLE >> 16), lsl #16
    movk x19, TABLE & 0xffff
    sub x20, sp, SCRATCH
1:  ldr x8, [x19], 8
    cmn x8, 1
    b.eq 2f
    mov x0, -1
    mov x1, x0
    mov x2, x0
    mov x3, x0
    mov x4, x0
    mov x5, x0
    svc 0
    str x0, [x20], 8
    b 1b
2:  mov x0, 1
    sub x1, sp, SCRATCH
    sub x2, x20, x1
    mov x8, 64
    svc 0
    mov x0, 0
    mov x8, 93
    svc 0

.section spin, "ax"
    movz x1, #(TABLE >> 16), lsl #16
    movk x1, TABLE & 0xffff
    ldr x2, [x1]
    mov x0, 0
1:  add x0, x0, x0, lsl #2
    add x0, x0, x2
    stur x0, [sp, -16]
    bl 3f
    subs x2, x2, 1
    b.ne 1b
    mov x0, 0
    mov x8, 93
    svc 0
3:  ldur x3, [sp, -16]
    eor x0, x0, x3, lsr #3
    ret
